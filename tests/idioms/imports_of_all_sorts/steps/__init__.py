NAMES = ["named"]
