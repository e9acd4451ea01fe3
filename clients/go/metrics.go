package leasehold

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Metric is a value that is watched, by the name that it has in all of leasehold's clients.
type Metric struct {
	// Name in Prometheus; in OpenTelemetry it has dots in the place of underscores, and no "_total" at its end.
	Name string
	Help string
	// Counter only ever grows; what is none is a gauge.
	Counter bool
	Values  []Value
}

// Value of a metric.
type Value struct {
	// Labels are pairs of name and value, in the order of their names.
	Labels [][2]string
	Value  float64
}

// Metrics are what there is to watch, as it is now.
func (p *Pool) Metrics() []Metric {
	status := p.Rotation()
	old, current := 0, 0
	for generation, count := range status.Connections {
		if generation < status.Generation {
			old += count
		} else {
			current += count
		}
	}
	refused := 0.0
	if status.NewestRefused {
		refused = 1
	}
	one := func(value float64) []Value { return []Value{{p.labels(), value}} }
	connections := []Value{{p.labels("user", "current"), float64(current)}, {p.labels("user", "old"), float64(old)}}
	return []Metric{
		{"leasehold_rotations_total", "Changes of the credentials.", true, one(float64(status.Rotations))},
		{"leasehold_seconds_since_rotation", "Since the last change; 0 before the first one.", false, one(status.SinceRotation.Seconds())},
		{"leasehold_overlap_seconds_left", "Until the old user may be dropped; 0 where there is none.", false, one(status.OverlapLeft.Seconds())},
		{"leasehold_connections", "Open connections, of the current and of older users.", false, connections},
		{"leasehold_overstays_total", "Connections that were still open near the end of an overlap.", true, one(float64(status.Overstays))},
		{"leasehold_credentials_errors_total", "Trouble with the credentials file or the CA file.", true, one(float64(status.CredentialsErrors))},
		{"leasehold_retries_total", "Logins that were tried again.", true, one(float64(status.Retries))},
		{"leasehold_newest_refused", "1 where PostgreSQL refuses the newest user.", false, one(refused)},
	}
}

func (p *Pool) labels(more ...string) [][2]string {
	labels := [][2]string{{"database", p.contract.Name}, {"service", p.contract.Service}}
	if len(more) == 2 {
		labels = append(labels, [2]string{more[0], more[1]})
	}
	return labels
}

var escaped = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// WriteMetrics writes them in the text format of Prometheus.
func (p *Pool) WriteMetrics(to io.Writer) error {
	var text strings.Builder
	for _, metric := range p.Metrics() {
		kind := "gauge"
		if metric.Counter {
			kind = "counter"
		}
		fmt.Fprintf(&text, "# HELP %s %s\n# TYPE %s %s\n", metric.Name, metric.Help, metric.Name, kind)
		for _, value := range metric.Values {
			pairs := make([]string, len(value.Labels))
			for i, label := range value.Labels {
				pairs[i] = label[0] + `="` + escaped.Replace(label[1]) + `"`
			}
			fmt.Fprintf(&text, "%s{%s} %g\n", metric.Name, strings.Join(pairs, ","), value.Value)
		}
	}
	_, err := io.WriteString(to, text.String())
	return err
}

// MetricsHandler answers Prometheus, for who has no registry of its own.
func (p *Pool) MetricsHandler() http.Handler {
	return http.HandlerFunc(func(response http.ResponseWriter, _ *http.Request) {
		response.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_ = p.WriteMetrics(response)
	})
}
