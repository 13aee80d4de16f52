"""What people teach about themselves by whom they turn down."""
