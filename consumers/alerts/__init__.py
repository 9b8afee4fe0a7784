"""What somebody should look at: rules over figures, a book of alerts, their delivery."""
