module magicbutton

go 1.26.0

require (
	github.com/google/go-cmp v0.7.0 // indirect
	github.com/karalabe/hid v1.0.1-0.20240919124526-821c38d2678e // indirect
	github.com/pelletier/go-toml/v2 v2.4.3 // indirect
	go.etcd.io/bbolt v1.5.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
)
