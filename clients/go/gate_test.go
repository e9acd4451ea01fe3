package leasehold_test

import (
	"io"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
)

// TestALoginThatPostgresEndsIsTriedAgain has a stand-in say what PostgreSQL says where a user is dropped while it logs in, which cannot be
// timed with a real one; the second connection reaches the real one.
func TestALoginThatPostgresEndsIsTriedAgain(t *testing.T) {
	p := newPod(t)
	user := p.rotate()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	p.must(err)
	defer listener.Close()
	go endFirst(listener, p.server.Port)
	p.change = map[string]any{"port": listener.Addr().(*net.TCPAddr).Port}
	pool := p.pool()
	if p.user(pool) != user || pool.Rotation().Retries != 1 {
		t.Errorf("%+v", pool.Rotation())
	}
}

// endFirst ends the first login, and passes on the others.
func endFirst(listener net.Listener, port uint16) {
	for first := true; ; first = false {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		if first {
			_, _ = client.Read(make([]byte, 1024))
			ended := pgproto3.ErrorResponse{Severity: "FATAL", Code: "57P01", Message: "terminating connection due to administrator command"}
			text, _ := ended.Encode(nil)
			_, _ = client.Write(text)
			_ = client.Close()
			continue
		}
		server, err := net.DialTCP("tcp", nil, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: int(port)})
		if err != nil {
			_ = client.Close()
			continue
		}
		go func() { _, _ = io.Copy(server, client); _ = server.Close() }()
		go func() { _, _ = io.Copy(client, server); _ = client.Close() }()
	}
}
