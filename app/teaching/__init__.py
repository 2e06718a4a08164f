"""The room where store and vision meet: photos are taken in, and models taught by them."""
