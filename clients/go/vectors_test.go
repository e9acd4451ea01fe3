package leasehold

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

type vectors[G, B any] struct {
	Good []G `json:"good"`
	Bad  []B `json:"bad"`
}

func readVectors[G, B any](t *testing.T, name string) (read vectors[G, B]) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../vectors", name))
	if err == nil {
		err = json.Unmarshal(text, &read)
	}
	if err != nil {
		t.Fatal(err)
	}
	return read
}

type contractCase struct {
	Name      string            `json:"name"`
	Document  any               `json:"document"`
	Variables map[string]string `json:"variables"`
	Database  string            `json:"database"`
	Settings  settingsCase      `json:"settings"`
	Problems  [][]string        `json:"problems"`
}

type settingsCase struct {
	Name                   string    `json:"name"`
	Service                string    `json:"service"`
	DrainSeconds           float64   `json:"drainSeconds"`
	CredentialsFile        string    `json:"credentialsFile"`
	Format                 string    `json:"format"`
	Host                   string    `json:"host"`
	Port                   uint16    `json:"port"`
	Database               string    `json:"database"`
	Schema                 string    `json:"schema"`
	SSLMode                string    `json:"sslMode"`
	SSLRootCert            string    `json:"sslRootCert"`
	PoolMax                int32     `json:"poolMax"`
	PoolMaxLifetimeSeconds float64   `json:"poolMaxLifetimeSeconds"`
	OverlapSeconds         float64   `json:"overlapSeconds"`
	Endpoint               *Endpoint `json:"endpoint"`
	SearchPath             string    `json:"searchPath"`
	AwaitsFirstUser        bool      `json:"awaitsFirstUser"`
}

func (s settingsCase) contract() Contract {
	of := func(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }
	return Contract{
		s.Name, s.Service, of(s.DrainSeconds), s.CredentialsFile, s.Format, s.Host, s.Port, s.Database, s.Schema,
		s.SSLMode, s.SSLRootCert, s.PoolMax, of(s.PoolMaxLifetimeSeconds), of(s.OverlapSeconds), s.Endpoint,
	}
}

func TestVectorsOfContracts(t *testing.T) {
	read := func(c contractCase) (Contract, error) { return contractOf("the contract", c.Document, c.Database) }
	testContracts(t, readVectors[contractCase, contractCase](t, "contracts.json"), read)
}

func TestVectorsOfVariables(t *testing.T) {
	read := func(c contractCase) (Contract, error) {
		var environ []string
		for key, value := range c.Variables {
			environ = append(environ, key+"="+value)
		}
		return readContract(c.Database, environ)
	}
	testContracts(t, readVectors[contractCase, contractCase](t, "variables.json"), read)
}

func testContracts(t *testing.T, cases vectors[contractCase, contractCase], read func(contractCase) (Contract, error)) {
	for _, each := range cases.Good {
		t.Run(each.Name, func(t *testing.T) {
			got, err := read(each)
			if err != nil || !reflect.DeepEqual(got, each.Settings.contract()) {
				t.Errorf("%+v, %v", got, err)
			}
			testLogin(t, got, each.Settings)
		})
	}
	for _, each := range cases.Bad {
		t.Run(each.Name, func(t *testing.T) {
			_, err := read(each)
			var wrong *ContractError
			if !errors.As(err, &wrong) {
				t.Fatalf("%v", err)
			}
			for _, words := range each.Problems {
				if told := count(wrong.Problems, words); told != 1 {
					t.Errorf("%q is told %d times: %v", words, told, err)
				}
			}
		})
	}
}

func testLogin(t *testing.T, contract Contract, is settingsCase) {
	t.Helper()
	config, err := settings(contract)
	if err != nil {
		t.Fatal(err)
	}
	if path := config.ConnConfig.RuntimeParams["search_path"]; path != is.SearchPath {
		t.Errorf("asks for the path %q", path)
	}
	prepares := config.ConnConfig.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement
	if may := is.Endpoint == nil || !slices.Contains(is.Endpoint.Forbids, "prepared-statements"); prepares != may {
		t.Errorf("prepares: %t", prepares)
	}
	if contract.awaitsFirstUser() != is.AwaitsFirstUser {
		t.Errorf("awaits a first user: %t", contract.awaitsFirstUser())
	}
}

// count says how many of the problems have all of the words.
func count(problems, words []string) (told int) {
	for _, problem := range problems {
		all := true
		for _, word := range words {
			all = all && strings.Contains(problem, word)
		}
		if all {
			told++
		}
	}
	return told
}

type credentialsCase struct {
	Name     string `json:"name"`
	Format   string `json:"format"`
	Text     string `json:"text"`
	Base64   string `json:"base64"`
	User     string `json:"user"`
	Password string `json:"password"`
	Reason   Reason `json:"reason"`
}

func (c credentialsCase) write(t *testing.T) string {
	t.Helper()
	content := []byte(c.Text)
	if c.Base64 != "" {
		content, _ = base64.StdEncoding.DecodeString(c.Base64)
	}
	file := filepath.Join(t.TempDir(), "shop")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestVectorsOfCredentials(t *testing.T) {
	cases := readVectors[credentialsCase, credentialsCase](t, "credentials.json")
	for _, each := range cases.Good {
		t.Run(each.Name, func(t *testing.T) {
			got, err := readCredentials(each.write(t), each.Format, nil)
			if err != nil || got.User != each.User || string(got.Password) != each.Password {
				t.Errorf("user %q, password of %d bytes, %v", got.User, len(got.Password), err)
			}
		})
	}
	for _, each := range cases.Bad {
		t.Run(each.Name, func(t *testing.T) {
			file := each.write(t)
			_, err := readCredentials(file, each.Format, nil)
			var wrong *CredentialsError
			if !errors.As(err, &wrong) || wrong.Reason != each.Reason || wrong.File != file {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestParsers(t *testing.T) {
	file := credentialsCase{Text: "v;secret"}.write(t)
	for name, parser := range map[string]Parser{
		"none":    nil,
		"nothing": func(string) (Credentials, error) { return Credentials{}, nil },
		"error":   func(text string) (Credentials, error) { return Credentials{}, errors.New(text) },
		"panic":   func(text string) (Credentials, error) { panic(text) },
	} {
		_, err := readCredentials(file, "custom", parser)
		var wrong *CredentialsError
		if !errors.As(err, &wrong) || wrong.Reason != Malformed || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	got, err := readCredentials(file, "custom", func(text string) (Credentials, error) {
		user, password, _ := strings.Cut(text, ";")
		return Credentials{user, Secret(password)}, nil
	})
	if err != nil || got != (Credentials{"v", "secret"}) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestConfigOfAContract(t *testing.T) {
	contract := settingsCase{
		Name: "shop", Service: "orders", Host: "pg,other", Port: 5433, Database: "it's", Schema: `Sales "EU"`, SSLMode: "require",
		PoolMax: 7, PoolMaxLifetimeSeconds: 90,
	}.contract()
	t.Setenv("PGHOST", "elsewhere")
	t.Setenv("PGUSER", "somebody")
	t.Setenv("PGSSLMODE", "disable")
	config, err := Config(contract)
	if err != nil {
		t.Fatal(err)
	}
	to := config.ConnConfig
	if to.Host != "pg,other" || to.Port != 5433 || to.Database != "it's" || to.User != "" || to.Password != "" || to.TLSConfig == nil {
		t.Errorf("%+v", to)
	}
	if to.RuntimeParams["search_path"] != `"Sales ""EU"""` || to.RuntimeParams["application_name"] != "orders" {
		t.Errorf("%v", to.RuntimeParams)
	}
	if config.MaxConns != 7 || config.MaxConnLifetime != 90*time.Second || config.MaxConnLifetimeJitter != 0 {
		t.Errorf("%+v", config)
	}
}
