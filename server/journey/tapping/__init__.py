"""What a tap on a notification's button does, without a page (design.md, 2.6)."""
