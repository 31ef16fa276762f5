package usblab

import (
	"bufio"
	"fmt"
	"net"
	"path/filepath"
	"strings"
)

// socket makes a socket for QEMU, which is closed when QEMU ends.
func (g *Guest) socket(path string) (net.Listener, error) {
	l, err := net.Listen("unix", path)
	if err == nil {
		g.sockets = append(g.sockets, l)
	}
	return l, err
}

func (g *Guest) closeSockets() {
	for _, l := range g.sockets {
		l.Close()
	}
}

// listen makes a socket for QEMU and serves its connection.
func (g *Guest) listen(path string, serve func(net.Conn)) error {
	l, err := g.socket(path)
	if err != nil {
		return err
	}
	g.readers.Go(func() {
		conn, err := l.Accept()
		if err != nil {
			return // QEMU ended before it connected
		}
		defer conn.Close()
		serve(conn)
	})
	return nil
}

// portArgs returns QEMU's arguments for Options.Ports and serves them.
func (g *Guest) portArgs(ports []func(line string), dir string) ([]string, error) {
	var args []string
	for i, line := range ports {
		name := fmt.Sprintf("port%d", i)
		path := filepath.Join(dir, name)
		if err := g.listen(path, func(conn net.Conn) { eachLine(conn, line) }); err != nil {
			return nil, err
		}
		args = append(args, "-chardev", "socket,id="+name+",path="+path,
			"-device", fmt.Sprintf("virtserialport,chardev=%s,nr=%d,name=%[1]s", name, i+2)) // 1 is the helper's
	}
	return args, nil
}

// eachLine hands on each line until the connection ends. A line that was cut off is none.
func eachLine(conn net.Conn, do func(line string)) {
	for r := bufio.NewReader(conn); ; {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		do(strings.TrimSuffix(line, "\n"))
	}
}
