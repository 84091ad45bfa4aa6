"""Kinds of device: which commands each can express, and how it says them. One file each."""
