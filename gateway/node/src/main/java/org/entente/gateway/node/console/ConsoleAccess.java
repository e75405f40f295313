package org.entente.gateway.node.console;

import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.entente.gateway.admin.AdminPages.Request;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;

/**
 * Access control of the console: admits a client with a scope that opens a page, by its certificate
 * or by a session. Checks each request against the trust and the configuration in force.
 *
 * <p>A request must name a host of this console, so that a page under another name that resolves to
 * this machine (DNS rebinding) gets no access. Without TLS only this machine has access. The
 * console accepts forms from its own pages only, and answers no request from another site's page.
 */
final class ConsoleAccess {
  /** Where pages get their figures. */
  static final String LIVE = "/console/live";

  /** Scopes of which each opens a page. */
  private static final Set<Scope> SCOPES =
      Set.of(Scope.OPERATOR, Scope.EVIDENCE, Scope.AUDIT, Scope.PUBLISH);

  private final NodeConfig.Console settings;
  private final ConsoleSessions sessions;
  private final Supplier<Optional<ConsoleNode>> node;

  /** The field of a form that says that a session may be replaced. */
  private static final String REPLACE = "replace";

  /** Where the console is reached. */
  private record Hosts(String printed, boolean local, Set<String> all, int port) {}

  private volatile Hosts hosts = new Hosts("", true, Set.of(), 0);

  ConsoleAccess(
      NodeConfig.Console settings, ConsoleSessions sessions, Supplier<Optional<ConsoleNode>> node) {
    this.settings = settings;
    this.sessions = sessions;
    this.node = node;
  }

  /** Someone who may see the console, and whether that is still so. */
  interface Visitor {
    /** The client. */
    Identified client();

    /** Whether the client may still see it; asked by a page that stays open. */
    boolean mayStay();
  }

  /**
   * Says where the admin port listens, once it does.
   *
   * @param at with the configured name and the port in use
   */
  void listensAt(InetSocketAddress at) {
    Set<String> all = new HashSet<>(settings.hosts());
    List<String> own = own(at);
    all.addAll(own);
    String printed = settings.hosts().stream().findFirst().orElse(own.isEmpty() ? "" : own.get(0));
    hosts =
        new Hosts(
            printed,
            own.contains(printed) && at.getAddress().isLoopbackAddress(),
            all,
            at.getPort());
  }

  private static List<String> own(InetSocketAddress at) {
    if (at.getAddress().isAnyLocalAddress()) {
      return List.of();
    }
    Set<String> names = new LinkedHashSet<>();
    names.add(at.getHostString().toLowerCase(Locale.ROOT));
    names.add(at.getAddress().getHostAddress());
    if (at.getAddress().isLoopbackAddress()) {
      names.add("localhost");
    }
    return names.stream()
        .map(name -> (name.contains(":") ? "[" + name + "]" : name) + ":" + at.getPort())
        .toList();
  }

  /** An address with a token for a client. */
  String address(Identified client) {
    Hosts now = hosts;
    return "%s://%s/console/enter#%s"
        .formatted(now.local() ? "http" : "https", now.printed(), sessions.issue(client));
  }

  /** Whether a request names a host of this console. */
  boolean isOwnHost(Request request) {
    String host = request.header("host").toLowerCase(Locale.ROOT);
    // Browsers leave out the port of their scheme.
    String usual = request.connection().encrypted() ? ":443" : ":80";
    return hosts.all().contains(host.matches(".*:\\d+") ? host : host + usual);
  }

  /** Whether nobody can listen to a request and its answer. */
  static boolean isPrivate(Request request) {
    return request.connection().encrypted() || request.connection().local();
  }

  /**
   * Whether no page of another site makes the browser ask (Fetch Metadata). A browser adds its
   * certificate to such a request, and the client would pay. What is no browser says nothing.
   */
  static boolean isOwnSite(Request request) {
    return Set.of("", "none", "same-origin").contains(request.header("sec-fetch-site"));
  }

  /** Whether a page asks by itself, so that nobody may be there. */
  private static boolean isUnattended(Request request) {
    return request.path().equals(LIVE) || request.query().containsKey("unattended");
  }

  /** Whether a form comes from a page of this console. */
  boolean isOwnForm(Request request) {
    String scheme = request.connection().encrypted() ? "https://" : "http://";
    return request
        .header("origin")
        .equals(scheme + request.header("host").toLowerCase(Locale.ROOT));
  }

  /**
   * A new session.
   *
   * @param cookie which names it
   */
  record Entry(Identified client, String cookie) {}

  /**
   * The client whose session a form would replace, unless the form says that it may: a link from
   * another client has the browser send that client's token.
   */
  Optional<Identified> replaced(Request request) {
    return request.form().containsKey(REPLACE)
        ? Optional.empty()
        : sessions.find(cookie(request.header("cookie"))).filter(this::isValid);
  }

  /** The token in a form. */
  static String token(Request request) {
    return request.form().getOrDefault("token", "");
  }

  /** A new session for the token in a form; empty if the token is not good. */
  Optional<Entry> enter(Request request) {
    String secure = request.connection().encrypted() ? "; Secure" : "";
    return sessions
        .exchange(token(request))
        .flatMap(
            session ->
                sessions
                    .find(session)
                    .map(
                        client ->
                            new Entry(
                                client,
                                "%s=%s; Path=/console/; HttpOnly; SameSite=Strict%s"
                                    .formatted(cookie(), session, secure))));
  }

  /** Who makes a request; empty for a stranger, or a client that may not see the console. */
  Optional<Visitor> visitor(Request request) {
    return request.connection().chain().isEmpty() ? bySession(request) : byCertificate(request);
  }

  private Optional<Visitor> byCertificate(Request request) {
    return node.get()
        .flatMap(
            open ->
                open.identify(request.connection().chain())
                    .fold(Optional::of, problem -> Optional.<Identified>empty()))
        .filter(client -> client.scopes().stream().anyMatch(SCOPES::contains))
        .map(client -> visitor(client, () -> isValid(client)));
  }

  private Optional<Visitor> bySession(Request request) {
    String session = cookie(request.header("cookie"));
    return (isUnattended(request) ? sessions.find(session) : sessions.use(session))
        .filter(this::isValid)
        .map(
            client -> visitor(client, () -> sessions.find(session).isPresent() && isValid(client)));
  }

  /** While the node is being reopened, nothing speaks against a client that entered before. */
  private boolean isValid(Identified client) {
    return node.get().flatMap(open -> open.recheck(client)).isEmpty();
  }

  private static Visitor visitor(Identified client, BooleanSupplier stays) {
    return new Visitor() {
      @Override
      public Identified client() {
        return client;
      }

      @Override
      public boolean mayStay() {
        return stays.getAsBoolean();
      }
    };
  }

  /** A host's cookies are those of all its ports, so that the name has the port. */
  private String cookie() {
    return "entente-console-" + hosts.port();
  }

  private String cookie(String header) {
    String name = cookie() + "=";
    return Arrays.stream(header.split(";", -1))
        .map(String::strip)
        .filter(it -> it.startsWith(name))
        .map(it -> it.substring(name.length()))
        .findFirst()
        .orElse("");
  }

  /** Sessions with random secrets. */
  static ConsoleAccess of(
      NodeConfig.Console settings, ConsoleSources sources, SecureRandom random) {
    return new ConsoleAccess(
        settings, new ConsoleSessions(settings, sources.nanos(), random), sources.node());
  }
}
