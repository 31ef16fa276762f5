package agent

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"magicbutton/store"
)

// stuckClient is a client that reads nothing.
type stuckClient struct {
	once    sync.Once
	writing chan struct{} // closed when it is written to
	gone    chan struct{} // closed when it goes
}

func (c *stuckClient) Header() http.Header { return http.Header{} }
func (c *stuckClient) WriteHeader(int)     {}
func (c *stuckClient) Write(b []byte) (int, error) {
	c.once.Do(func() { close(c.writing) })
	<-c.gone
	return len(b), nil
}

// TestCheckOfStuckClient: a client that does not read what it is told holds no
// transaction of the database open.
func TestCheckOfStuckClient(t *testing.T) {
	st, err := store.Open(dbPath(t), store.Options{Create: true, MachineIDFile: "none"})
	if err != nil {
		t.Fatal(err)
	}
	a := &Agent{desk: makeDesk(st, nil, nil)}
	client := &stuckClient{writing: make(chan struct{}), gone: make(chan struct{})}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	var under sync.WaitGroup
	under.Go(func() { a.streamCheck(client, request) })
	<-client.writing
	closed := make(chan error, 1)
	go func() { closed <- st.Close() }() // which waits for transactions
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
		close(client.gone)
	case <-time.After(10 * time.Second):
		t.Error("the check waits for the client")
		close(client.gone)
		<-closed
	}
	under.Wait()
}
