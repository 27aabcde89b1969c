from db.tables import ORDERS

LINES = ORDERS.replace("orders", "order_lines").replace("legacy", "article")
