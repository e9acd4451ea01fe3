package leasehold_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"leasehold.example/leasehold"
)

func TestNoSecretIsPrinted(t *testing.T) {
	p := newPod(t)
	p.rotate()
	pool := p.pool()
	p.user(pool)
	until(t, "a refusal is known", func() bool {
		p.must(p.file.Replace(fmt.Sprintf(`{"username":"v-nobody","password":%q}`, password)))
		return pool.Rotation().NewestRefused
	})
	_, refused := pool.AcquireFresh(t.Context())
	p.must(p.file.Replace(`{"password":"` + password + `","username":`))
	until(t, "trouble is told", func() bool { return pool.Rotation().CredentialsErrors > 0 })
	contractError := func() error {
		_, err := leasehold.NewPool(t.Context(), leasehold.WithContract([]byte(`{"version":"`+password[:2]+`"}`)))
		return err
	}()
	health := httptest.NewRecorder()
	pool.ReadyHandler().ServeHTTP(health, httptest.NewRequest(http.MethodGet, "/", nil))
	var metrics strings.Builder
	p.must(pool.WriteMetrics(&metrics))
	values := []any{
		pool, *pool.Pool.Config(), pool.Contract(), pool.Rotation(), refused, contractError, health.Body.String(), metrics.String(), p.log.String(),
		leasehold.Credentials{User: "v", Password: password}, &leasehold.Credentials{Password: password},
		[]leasehold.Credentials{{Password: password}}, leasehold.Secret(password),
	}
	for _, value := range values {
		marshalled, _ := json.Marshal(value)
		for _, text := range []string{
			fmt.Sprint(value), fmt.Sprintf("%v", value), fmt.Sprintf("%+v", value), fmt.Sprintf("%#v", value),
			fmt.Sprintf("%s", value), fmt.Sprintf("%q", value), fmt.Sprintf("%x", value), string(marshalled),
		} {
			if strings.Contains(text, password) || strings.Contains(text, fmt.Sprintf("%x", password)) {
				t.Errorf("%T shows it: %s", value, text)
			}
		}
	}
}

func TestHealth(t *testing.T) {
	p := newPod(t)
	p.rotate()
	pool := p.pool()
	answers := func(handler http.Handler, code int, body string) {
		t.Helper()
		response := httptest.NewRecorder()
		handler.ServeHTTP(response, httptest.NewRequest(http.MethodGet, "/ready", nil))
		if response.Code != code || !strings.Contains(response.Body.String(), body) {
			t.Errorf("%d: %s", response.Code, response.Body)
		}
	}
	answers(pool.ReadyHandler(), http.StatusOK, `{"ok":true}`)
	answers(pool.LiveHandler(), http.StatusOK, `{"ok":true}`)
	pool.Close()
	answers(pool.ReadyHandler(), http.StatusServiceUnavailable, `{"ok":false,"reason":"the pool has ended"}`)
	answers(pool.LiveHandler(), http.StatusServiceUnavailable, `{"ok":false,"reason":"the pool has ended"}`)
}
