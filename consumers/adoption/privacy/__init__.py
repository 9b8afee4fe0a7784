"""What may leave the house: small cells, and those that would give one away, are withheld."""
