"""The stack without anything installed by hand: a broker and a store on loopback."""
