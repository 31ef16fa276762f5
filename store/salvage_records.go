package store

// readable reports whether a record of what people wrote down can be read: its seal
// was whole, and what is beside it is not to be lost with it.
func readable(t table, key, record []byte) bool {
	var err error
	switch t.sum {
	case contactsTable.sum:
		_, err = contactsOf(key, record)
	case actionsTable.sum:
		_, err = actionOf(key, record)
	case frozenTable.sum:
		_, err = frozenOf(key, record)
	}
	return err == nil
}
