PIERS = "piers"
