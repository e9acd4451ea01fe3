package main

import (
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"strconv"

	"github.com/jackc/pgx/v5"
	"leasehold.example/leasehold"
)

type order struct {
	ID         int32   `json:"id"`
	CustomerID int32   `json:"customer_id"`
	Total      *string `json:"total"`
}

// newHandler is the service's HTTP side; it knows nothing of credentials.
func newHandler(pool *leasehold.Pool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders/{id}", func(w http.ResponseWriter, r *http.Request) {
		id, ok := number(w, r)
		if !ok {
			return
		}
		var found order
		err := pool.QueryRow(r.Context(), "SELECT id, customer_id, total::text FROM orders WHERE id = $1", id).
			Scan(&found.ID, &found.CustomerID, &found.Total)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			answer(w, http.StatusNotFound, map[string]string{"error": "no such order"})
		case err != nil:
			fail(w, err)
		default:
			answer(w, http.StatusOK, found)
		}
	})
	mux.HandleFunc("POST /customers/{id}/orders", func(w http.ResponseWriter, r *http.Request) {
		customer, ok := number(w, r)
		if !ok {
			return
		}
		var id int32
		err := pool.QueryRow(r.Context(), "INSERT INTO orders (customer_id, total) VALUES ($1, 0) RETURNING id", customer).Scan(&id)
		if err != nil {
			fail(w, err)
			return
		}
		answer(w, http.StatusCreated, map[string]int32{"id": id})
	})
	mux.Handle("GET /ready", pool.ReadyHandler())
	mux.Handle("GET /live", pool.LiveHandler())
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { notFound(w) })
	return mux
}

func number(w http.ResponseWriter, r *http.Request) (int32, bool) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 32)
	if err != nil {
		notFound(w)
	}
	return int32(id), err == nil
}

func notFound(w http.ResponseWriter) {
	answer(w, http.StatusNotFound, map[string]string{"error": "no such path"})
}

func fail(w http.ResponseWriter, err error) {
	log.Print(err)
	answer(w, http.StatusInternalServerError, map[string]string{"error": "the database does not answer"})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
