"""Two people put together by whoever runs the programme, with the fit, the reasons and the rules shown before."""
