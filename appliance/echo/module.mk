services += echo
echo_sources := appliance/echo/echo.c
