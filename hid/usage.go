package hid

// Usage pages that keys and lights live on: HID Usage Tables 1.5, section 3.
const (
	PageGenericDesktop uint16 = 0x01
	PageKeyboard       uint16 = 0x07
	PageLED            uint16 = 0x08
	PageButton         uint16 = 0x09
	PageTelephony      uint16 = 0x0b
	PageConsumer       uint16 = 0x0c
)

// LED is a light on usage page 0x08.
type LED uint16

// The lights of a boot keyboard: HID Usage Tables 1.5, section 11.
const (
	LEDNumLock    LED = 0x01
	LEDCapsLock   LED = 0x02
	LEDScrollLock LED = 0x03
	LEDCompose    LED = 0x04
	LEDKana       LED = 0x05
)
