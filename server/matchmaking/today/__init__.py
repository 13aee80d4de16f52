"""The hard rules of a programme, asked again on today's facts before anybody is told of somebody."""
