package org.entente.gateway.admin;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Pages that the admin port serves beside its own, all below {@link #PATH}. */
@FunctionalInterface
public interface AdminPages {
  /** Where they are. */
  String PATH = "/console/";

  /** What is said of them where there are none. */
  String OFF =
      "the console is off; `console: {}` in the gateway's configuration turns it on at the next"
          + " start";

  /** Threads that answer at the same time. */
  int THREADS = 6;

  /** Answers a request; called by {@link #THREADS} threads, which it may block. */
  Answer answer(Request request);

  /**
   * How a caller reached the port.
   *
   * @param encrypted whether over TLS
   * @param local whether from this machine
   * @param chain the certificates that it presented, its own first; empty if none
   */
  record Connection(boolean encrypted, boolean local, List<X509Certificate> chain) {
    public Connection {
      chain = List.copyOf(chain);
    }
  }

  /**
   * A request, of at most 8 KiB.
   *
   * @param path decoded, without the query
   * @param query parameters of the address; of several of one name the first
   * @param headers by name in lower case; of several of one name the first
   * @param form fields of the body, as of a form
   * @param isGone whether its caller has left, or was given up after 30 s; for any thread
   */
  record Request(
      Connection connection,
      String method,
      String path,
      Map<String, String> query,
      Map<String, String> headers,
      Map<String, String> form,
      BooleanSupplier isGone) {
    public Request {
      query = Map.copyOf(query);
      headers = Map.copyOf(headers);
      form = Map.copyOf(form);
    }

    /** A header; empty if it is absent. */
    public String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  /** What is answered. */
  sealed interface Answer {
    /** The headers, besides those that every answer has. */
    Map<String, String> headers();

    /** A whole answer. */
    record Page(int status, Map<String, String> headers, String body) implements Answer {
      public Page {
        headers = Map.copyOf(headers);
      }
    }

    /**
     * Server-sent events.
     *
     * @param events makes the next event, asked every two seconds; empty ends the stream
     * @param end called once, when the stream has ended for any reason
     */
    record Stream(Map<String, String> headers, Supplier<Optional<String>> events, Runnable end)
        implements Answer {
      public Stream {
        headers = Map.copyOf(headers);
      }
    }
  }
}
