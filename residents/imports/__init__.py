"""What comes into this room from outside: ledgers of households."""
