package leasehold

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Contract is what leasehold tells a service about one of its databases.
type Contract struct {
	// Name of the database in the environment.
	Name string
	// Service is the name of the service.
	Service string
	// Drain is how long the application may take to end its work after SIGTERM.
	Drain time.Duration
	// CredentialsFile is the path of the file with user and password.
	CredentialsFile string
	// Format of that file: json, env, properties, url or custom.
	Format string
	Host   string
	Port   uint16
	// Database is its name in PostgreSQL.
	Database string
	// Schema of the tables that are named without one.
	Schema string
	// SSLMode is verify-full, require or disable.
	SSLMode string
	// SSLRootCert is the path of the CA's certificate; empty for the roots of the system.
	SSLRootCert string
	// PoolMax is the largest number of connections of a pool.
	PoolMax int32
	// PoolMaxLifetime is after how long a pool that does not notice a new user must close a connection.
	PoolMaxLifetime time.Duration
	// Overlap is how long the old user still works after the file was replaced, at least.
	Overlap time.Duration
	// Endpoint is another way than to the server in which Vault makes users; nil where there is none, and variables do not tell it.
	Endpoint *Endpoint
}

// Endpoint is a replica, a pooler, or another name of the server.
type Endpoint struct {
	Name string
	Kind string
	// Forbids is what a pooler forbids its clients, such as listen.
	Forbids []string
}

// forbids says whether the way to the database forbids something, such as a pooler does that hands connections on.
func (c Contract) forbids(what string) bool {
	return c.Endpoint != nil && slices.Contains(c.Endpoint.Forbids, what)
}

// awaitsFirstUser says whether a user comes a moment after its file.
func (c Contract) awaitsFirstUser() bool {
	return c.Endpoint != nil && c.Endpoint.Kind == "replica"
}

// ContractError says that the contract is not there, or does not say what a pool needs.
type ContractError struct {
	// Problems is everything that is wrong.
	Problems []string
}

func (e *ContractError) Error() string {
	return "the contract of leasehold cannot be used: " + strings.Join(e.Problems, "; ")
}

const contractVersion = 1
const defaultDrain = 20.0

var (
	formats  = []string{"json", "env", "properties", "url", "custom"}
	sslModes = []string{"verify-full", "require", "disable"}
)

// ReadContract gives the contract of a database. A document wins over variables: it is what leasehold has written as a
// whole, and LEASEHOLD_CONTRACT names it in every pod. The name may be empty where the service has one database alone.
// The error is a [*ContractError].
func ReadContract(database string) (Contract, error) {
	return readContract(database, os.Environ())
}

func readContract(database string, environ []string) (Contract, error) {
	env := variables(environ)
	document, where, err := readDocument(env)
	if err != nil {
		return Contract{}, err
	}
	if document == nil {
		if document, err = documentOfVariables(env); err != nil {
			return Contract{}, err
		}
		where = "the contract of LEASEHOLD_*"
	}
	return contractOf(where, document, database)
}

func variables(environ []string) map[string]string {
	env := make(map[string]string, len(environ))
	for _, each := range environ {
		if key, value, ok := strings.Cut(each, "="); ok && strings.HasPrefix(key, "LEASEHOLD_") {
			env[key] = value
		}
	}
	return env
}

// readDocument gives nothing where the variable or the file is not there.
func readDocument(env map[string]string) (document any, file string, err error) {
	file = env["LEASEHOLD_CONTRACT"]
	if file == "" {
		return nil, "", nil
	}
	text, err := readSmallFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", &ContractError{[]string{fmt.Sprintf("%s cannot be read: %v", file, err)}}
	}
	document, err = parseDocument(file, []byte(text))
	return document, file, err
}

func parseDocument(where string, text []byte) (any, error) {
	var document any
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, &ContractError{[]string{where + " cannot be read: it is no JSON"}}
	}
	return document, nil
}

// contractOf checks a document, which may be anything; one that is none of leasehold is said to be so.
func contractOf(where string, given any, name string) (Contract, error) {
	document, ok := given.(map[string]any)
	if !ok {
		return Contract{}, &ContractError{[]string{fmt.Sprintf("%s must be an object, got %s", where, shown(given))}}
	}
	var problems []string
	problem := func(format string, values ...any) { problems = append(problems, fmt.Sprintf(format, values...)) }
	if document["version"] != float64(contractVersion) {
		problem("%s has version %s; this client reads version %d", where, shown(document["version"]), contractVersion)
	}
	databases, ok := document["databases"].(map[string]any)
	if !ok {
		problem("'databases' of %s must be an object, got %s", where, shown(document["databases"]))
	}
	service, ok := orElse(document, "service", "").(string)
	if !ok {
		problem("'service' of %s must be a text, got %s", where, shown(document["service"]))
	}
	drain, ok := orElse(document, "drainSeconds", defaultDrain).(float64)
	if !ok || !isDuration(drain) {
		problem("'drainSeconds' of %s must be a number of 0 or more, got %s", where, shown(document["drainSeconds"]))
	}
	if len(problems) > 0 {
		return Contract{}, &ContractError{problems}
	}
	chosen, err := choose(name, databases)
	if err != nil {
		return Contract{}, err
	}
	return databaseOf(Contract{Name: chosen, Service: service, Drain: seconds(drain)}, databases[chosen])
}

func choose(name string, databases map[string]any) (string, error) {
	known := make([]string, 0, len(databases))
	for each := range databases {
		known = append(known, each)
	}
	slices.Sort(known)
	list := strings.Join(known, ", ")
	if list == "" {
		list = "none"
	}
	switch {
	case name != "" && slices.Contains(known, name):
		return name, nil
	case name != "":
		return "", &ContractError{[]string{fmt.Sprintf("there is no database %q; known: %s", name, list)}}
	case len(known) == 1:
		return known[0], nil
	}
	return "", &ContractError{[]string{fmt.Sprintf("it has %d databases (%s); name one by WithDatabase", len(known), list)}}
}

func databaseOf(contract Contract, given any) (Contract, error) {
	where := "databases." + contract.Name
	object, ok := given.(map[string]any)
	if !ok {
		return Contract{}, &ContractError{[]string{fmt.Sprintf("'%s' must be an object, got %s", where, shown(given))}}
	}
	read := fields{where: where, object: object}
	contract.CredentialsFile = read.text("credentialsFile")
	contract.Host = read.text("host")
	contract.Database = read.text("database")
	contract.Schema = read.text("schema")
	contract.Port = uint16(read.whole("port", math.MaxUint16))
	contract.PoolMax = int32(read.whole("poolMax", math.MaxInt32))
	contract.PoolMaxLifetime = seconds(read.above0("poolMaxLifetimeSeconds"))
	contract.Overlap = seconds(read.above0("overlapSeconds"))
	contract.Format = read.oneOf("format", formats)
	contract.SSLMode = read.oneOf("sslMode", sslModes)
	contract.SSLRootCert = read.pathOrNull("sslRootCert")
	contract.Endpoint = read.endpoint("endpoint")
	if len(read.problems) > 0 {
		return Contract{}, &ContractError{read.problems}
	}
	return contract, nil
}

// fields reads the fields of an object, and keeps what is wrong with them.
type fields struct {
	where    string
	object   map[string]any
	problems []string
}

func (f *fields) problem(key, must string) {
	f.problems = append(f.problems, fmt.Sprintf("'%s.%s' must be %s, got %s", f.where, key, must, shown(f.object[key])))
}

func (f *fields) text(key string) string {
	value, _ := f.object[key].(string)
	if value == "" {
		f.problem(key, "a text")
	}
	return value
}

func (f *fields) above0(key string) float64 {
	value, ok := f.object[key].(float64)
	if !ok || value <= 0 || !isDuration(value) {
		f.problem(key, "a number above 0")
		return 0
	}
	return value
}

func (f *fields) whole(key string, most float64) float64 {
	value, ok := f.object[key].(float64)
	if !ok || value <= 0 {
		f.problem(key, "a number above 0")
		return 0
	}
	if value != math.Trunc(value) || value > most {
		f.problem(key, fmt.Sprintf("a whole number of %.0f at most", most))
		return 0
	}
	return value
}

func (f *fields) oneOf(key string, allowed []string) string {
	value, _ := f.object[key].(string)
	if !slices.Contains(allowed, value) {
		f.problem(key, "one of "+strings.Join(allowed, ", "))
	}
	return value
}

func (f *fields) pathOrNull(key string) string {
	value, ok := f.object[key].(string)
	if _, there := f.object[key]; !ok && (!there || f.object[key] != nil) {
		f.problem(key, "a path or null")
	}
	return value
}

func (f *fields) endpoint(key string) *Endpoint {
	given, there := f.object[key]
	if !there {
		return nil
	}
	object, _ := given.(map[string]any)
	name, named := object["name"].(string)
	kind, known := object["kind"].(string)
	list, ok := orElse(object, "forbids", []any{}).([]any)
	forbids := make([]string, 0, len(list))
	for _, each := range list {
		if text, is := each.(string); is {
			forbids = append(forbids, text)
		}
	}
	if !named || !known || !ok || len(forbids) != len(list) {
		f.problem(key, "an object with 'name' and 'kind', and texts where it has 'forbids'")
		return nil
	}
	return &Endpoint{name, kind, forbids}
}

var fileVariable = regexp.MustCompile(`^LEASEHOLD_(.+)_CREDENTIALS_FILE$`)

func documentOfVariables(env map[string]string) (any, error) {
	databases := map[string]any{}
	for key := range env {
		if match := fileVariable.FindStringSubmatch(key); match != nil {
			name := strings.ReplaceAll(strings.ToLower(match[1]), "_", "-")
			databases[name] = databaseOfVariables(match[1], env)
		}
	}
	if len(databases) == 0 {
		return nil, &ContractError{[]string{
			"there is neither a file that LEASEHOLD_CONTRACT names nor a variable LEASEHOLD_<DATABASE>_CREDENTIALS_FILE; " +
				"leasehold gives both to a pod of its own, and a patch with them to one that is deployed elsewhere",
		}}
	}
	document := map[string]any{"version": float64(contractVersion), "service": env["LEASEHOLD_SERVICE"], "databases": databases}
	if drain, ok := env["LEASEHOLD_DRAIN"]; ok {
		document["drainSeconds"] = numberOrText(drain)
	}
	return document, nil
}

func databaseOfVariables(prefix string, env map[string]string) map[string]any {
	database := map[string]any{"schema": "public", "sslRootCert": nil}
	set := func(key, variable string, value func(string) any) {
		if text, ok := env["LEASEHOLD_"+prefix+"_"+variable]; ok {
			database[key] = value(text)
		}
	}
	text := func(value string) any { return value }
	set("credentialsFile", "CREDENTIALS_FILE", text)
	set("format", "FORMAT", text)
	set("host", "HOST", text)
	set("port", "PORT", numberOrText)
	set("database", "DATABASE", text)
	set("schema", "SCHEMA", text)
	set("sslMode", "SSL_MODE", text)
	set("sslRootCert", "SSL_ROOT_CERT", text)
	set("poolMax", "POOL_MAX", numberOrText)
	set("poolMaxLifetimeSeconds", "POOL_MAX_LIFETIME", numberOrText)
	set("overlapSeconds", "OVERLAP", numberOrText)
	return database
}

func numberOrText(text string) any {
	if number, err := strconv.ParseFloat(text, 64); err == nil {
		return number
	}
	return text
}

func orElse(document map[string]any, key string, otherwise any) any {
	if value, ok := document[key]; ok {
		return value
	}
	return otherwise
}

// isDuration says whether so many seconds are some that can be counted.
func isDuration(value float64) bool {
	return value >= 0 && value <= math.MaxInt64/float64(time.Second)
}

func seconds(value float64) time.Duration {
	return time.Duration(value * float64(time.Second))
}

func shown(value any) string {
	if value == nil {
		return "nothing"
	}
	if number, ok := value.(float64); ok {
		return strconv.FormatFloat(number, 'g', -1, 64)
	}
	text, _ := json.Marshal(value)
	return string(text)
}
