"""A living organisation to show the product with. Everybody in it is made up."""
