"""What the product is measured against: the same page by other means, over the same rows."""
