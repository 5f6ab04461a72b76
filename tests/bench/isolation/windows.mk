# Programs of the shared address space, each linked in the window that is its slot's: 1 and 2 are the
# ports, 3 is the firewall. What they call of the runtime is compiled for the window, too.

# $(call windowed,NAME,OF,WINDOW,IMAGE)
define windowed
services += $(1)
$(1)_sources := $(sort $($(2)_sources) $(runtime_sources))
$(1)_cflags := -DWINDOW=$(3)
$(1)_link := -Wl,--defsym=image_base=$(4)
endef

$(eval $(call windowed,rtl8139_0,rtl8139,1,0x0c00000))
$(eval $(call windowed,ne2k_0,ne2k,1,0x1000000))
$(eval $(call windowed,rtl8139_1,rtl8139,2,0x1400000))
$(eval $(call windowed,ne2k_1,ne2k,2,0x1800000))
$(eval $(call windowed,firewall_shared,firewall,3,0x1c00000))
