"""An incident becomes a plan: its ways, what would cut them, and what that would cost."""
