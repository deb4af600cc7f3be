"""What every room needs that puts something into the demo district (docs/demo.md): its places, its days, its names."""
