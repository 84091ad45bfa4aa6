"""Containers of packets: blocks of a file in, frames out; frames found or written again."""
