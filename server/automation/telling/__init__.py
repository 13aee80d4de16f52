"""What a programme sets of its messages itself: as part of its document, planned anew, shown, and tried."""
