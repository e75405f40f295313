package org.entente.gateway.node.console;

import com.google.protobuf.util.Timestamps;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.entente.gateway.account.Work;
import org.entente.gateway.admin.AdminPages;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.rpc.ConsoleService;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.proto.v1.OpenConsoleResponse;

/**
 * The console in the browser. Requests change nothing but sessions, and leave a leaf where they
 * search the audit log. A request costs its client's account as much as the call that it stands
 * for, at least as much as one that reads a page of records. Safe for many threads.
 */
public final class Console implements AdminPages, ConsoleService.Addresses {
  /** Live pages of all clients: the rest of the admin port's connections is for monitoring. */
  private static final int MOST_STREAMS = 32;

  /**
   * Forms of all clients that are answered at a time: they may take long. The other threads answer
   * requests for pages, of which one may make the checks.
   */
  private static final int MOST_FORMS = AdminPages.THREADS - 2;

  private static final String GET = "GET";
  private static final String POST = "POST";
  private static final String ENTER = "/console/enter";
  private static final String CALL = "Get an address with `entente console` and open it.";

  /** What every answer has. Scripts, styles and events come from here alone; nothing is inline. */
  private static final Map<String, String> HEADERS =
      Map.ofEntries(
          Map.entry(
              "Content-Security-Policy",
              "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
                  + " img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none';"
                  + " require-trusted-types-for 'script'; trusted-types 'none'"),
          Map.entry("X-Content-Type-Options", "nosniff"),
          Map.entry("X-Frame-Options", "DENY"),
          // Not "no-referrer": with that, browsers hide the origin of the form.
          Map.entry("Referrer-Policy", "same-origin"),
          Map.entry("Cross-Origin-Opener-Policy", "same-origin"),
          Map.entry("Cross-Origin-Embedder-Policy", "require-corp"),
          Map.entry("Cross-Origin-Resource-Policy", "same-origin"),
          Map.entry("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
          Map.entry("Cache-Control", "no-store"));

  private final NodeConfig.Console settings;
  private final ConsoleSources sources;
  private final ConsoleAccess access;
  private final ConsoleAssets assets = new ConsoleAssets();
  private final ConsoleTemplates templates = new ConsoleTemplates();
  private final RateHistory history = new RateHistory();
  private final Map<String, Route> pages = new LinkedHashMap<>();
  private final Map<NodeName, Integer> streams = new HashMap<>();

  /** Clients whose form is being answered. */
  private final Set<NodeName> forms = new HashSet<>();

  /**
   * A page.
   *
   * @param scope which opens it, as the call that it stands for
   * @param form what its form costs; empty if it has none that is sent
   */
  private record Route(
      String path,
      String title,
      Scope scope,
      Optional<CallCost> form,
      Function<PageRequest, View> view) {}

  /** The console of a gateway. */
  public Console(NodeConfig.Console settings, ConsoleSources sources, SecureRandom random) {
    this.settings = settings;
    this.sources = sources;
    access = ConsoleAccess.of(settings, sources, random);
    OverviewPage overview = new OverviewPage(sources);
    MapPage map = new MapPage(sources);
    PeersPage peers = new PeersPage(sources);
    RefusalsPage refusals = new RefusalsPage(sources);
    operated("/console/", "Overview", request -> overview.view(request.frame()));
    operated("/console/map", "Map", request -> map.view(request.frame()));
    operated("/console/peers", "Peers", request -> peers.view(request.frame()));
    operated("/console/rates", "Rates", new RatesPage(sources, history)::view);
    operated("/console/refusals", "Refusals", request -> refusals.view(request.frame()));
    Optional<CallCost> none = Optional.empty();
    MessagePage message = new MessagePage(sources);
    add(new Route(MessagePage.PATH, "Message", Scope.EVIDENCE, none, message::view));
    Optional<CallCost> search = Optional.of(CallCost.SEARCH);
    AuditPage audit = new AuditPage(sources);
    add(new Route("/console/audit", "Audit", Scope.AUDIT, search, audit::view));
    Optional<CallCost> explain = Optional.of(CallCost.READ);
    PlaygroundPage playground = new PlaygroundPage(sources);
    add(new Route("/console/policy", "Policy", Scope.PUBLISH, explain, playground::view));
  }

  private void operated(String path, String title, Function<PageRequest, View> view) {
    add(new Route(path, title, Scope.OPERATOR, Optional.empty(), view));
  }

  private void add(Route route) {
    pages.put(route.path(), route);
  }

  /** Reads the rates of all links for the page that shows their history. */
  public void readRates() {
    sources
        .node()
        .get()
        .ifPresent(
            node -> history.read(node, sources.nanos().getAsLong(), sources.clock().instant()));
  }

  /** The seconds between two readings of the rates. */
  public static long readingSeconds() {
    return RateHistory.EVERY_SECONDS;
  }

  /**
   * Says where the admin port listens, once it does; until then every request is refused.
   *
   * @param at with the configured name and the port in use
   */
  public void listensAt(InetSocketAddress at) {
    access.listensAt(at);
  }

  @Override
  public Result<OpenConsoleResponse> open(Identified client) {
    return Result.done(
        OpenConsoleResponse.newBuilder()
            .setAddress(access.address(client))
            .setValidUntil(
                Timestamps.fromMillis(
                    sources
                        .clock()
                        .instant()
                        .plus(Duration.ofSeconds(settings.tokenSeconds()))
                        .toEpochMilli()))
            .build());
  }

  @Override
  public Answer answer(Request request) {
    if (!access.isOwnHost(request)) {
      return notice(
          421, "Not a host of this console. Add it to `console.hosts` if browsers use this name.");
    }
    if (!ConsoleAccess.isPrivate(request)) {
      return notice(403, "Without TLS, only this machine may open the console. Use https.");
    }
    if (request.path().equals(ENTER)) {
      return enter(request);
    }
    boolean isForm = form(request).isPresent();
    if (!request.method().equals(GET) && !isForm) {
      return notice(405, "The console changes nothing.");
    }
    if (isForm && !access.isOwnForm(request)) {
      return notice(403, "Only the console's own form is taken.");
    }
    return assets
        .find(request.path())
        .map(asset -> page(200, asset.type(), asset.text()))
        .orElseGet(
            () ->
                ConsoleAccess.isOwnSite(request)
                    ? visit(request)
                    : notice(403, "Another site leads here. Type the address instead."));
  }

  private Answer visit(Request request) {
    return access
        .visitor(request)
        .map(visitor -> inside(request, visitor))
        .orElseGet(() -> entrance(401, CALL));
  }

  private Answer enter(Request request) {
    if (request.method().equals(GET)) {
      return entrance(200, CALL);
    }
    if (!request.method().equals(POST) || !access.isOwnForm(request)) {
      return entrance(403, "Only the console's own form is taken. " + CALL);
    }
    Optional<Identified> present = access.replaced(request);
    if (present.isPresent()) {
      return question(present.get(), ConsoleAccess.token(request));
    }
    return access
        .enter(request)
        .<Answer>map(entry -> new Answer.Page(303, entered(entry), ""))
        .orElseGet(() -> entrance(403, "The address was used before, or is too old. " + CALL));
  }

  /** Uses no token up. */
  private Answer question(Identified present, String token) {
    String text =
        "This browser shows the console to client %s. Did you get this address yourself?"
            .formatted(present.name());
    return html(409, new View.Enter(frame("Open the console", "", List.of()), text, token));
  }

  /** Redirects to the first page that the client may see; each admitted client may see one. */
  private Map<String, String> entered(ConsoleAccess.Entry entry) {
    Map<String, String> headers = new HashMap<>(HEADERS);
    headers.put("Set-Cookie", entry.cookie());
    headers.put("Location", links(entry.client()).get(0).path());
    return headers;
  }

  private List<View.Link> links(Identified client) {
    return pages.values().stream()
        .filter(route -> client.require(route.scope()).isEmpty())
        .map(route -> new View.Link(route.path(), route.title()))
        .toList();
  }

  /** The page whose form a request sends; empty if it sends none. */
  private Optional<Route> form(Request request) {
    return Optional.ofNullable(pages.get(request.path()))
        .filter(route -> request.method().equals(POST) && route.form().isPresent());
  }

  private Answer inside(Request request, ConsoleAccess.Visitor visitor) {
    Identified client = visitor.client();
    Optional<Route> form = form(request);
    if (!pays(client, form.flatMap(Route::form).orElse(CallCost.READ))) {
      return told(client, 429, "The calls of this client cost more than its limit. Wait a second.");
    }
    if (request.path().equals(ConsoleAccess.LIVE)) {
      return live(request, visitor);
    }
    return page(request.path(), client)
        .fold(
            route ->
                form.isPresent()
                    ? answered(route, request, client)
                    : html(200, view(route, client, request)),
            problem ->
                told(client, problem.code() == Code.NOT_FOUND ? 404 : 403, problem.message()));
  }

  private Answer answered(Route route, Request request, Identified client) {
    if (!beginForm(client.name())) {
      return told(client, 429, "Another form is being answered. Send it again.");
    }
    try {
      return html(200, view(route, client, request));
    } finally {
      endForm(client.name());
    }
  }

  private synchronized boolean beginForm(NodeName client) {
    return forms.size() < MOST_FORMS && forms.add(client);
  }

  private synchronized void endForm(NodeName client) {
    forms.remove(client);
  }

  private View view(Route route, Identified client, Request request) {
    View.Frame frame = new View.Frame(route.title(), route.path(), sources.name(), links(client));
    boolean isForm = request.method().equals(POST);
    Map<String, String> fields = isForm ? request.form() : request.query();
    return route.view().apply(new PageRequest(frame, client, isForm, fields, request.isGone()));
  }

  private Result<Route> page(String path, Identified client) {
    return Result.of(
            Optional.ofNullable(pages.get(path)),
            () -> new Problem(Code.NOT_FOUND, "", "There is no such page."))
        .then(route -> Result.unless(client.require(route.scope()), () -> Result.done(route)));
  }

  private boolean pays(Identified client, CallCost cost) {
    return sources
        .node()
        .get()
        .map(node -> node.account(client.name()).spend(Work.CALL_COST, cost.units()))
        .orElse(true);
  }

  private Answer live(Request request, ConsoleAccess.Visitor visitor) {
    Identified client = visitor.client();
    return page(request.query().getOrDefault("page", ""), client)
        .fold(
            route -> live(() -> view(route, client, request), visitor),
            problem -> told(client, 404, problem.message()));
  }

  private Answer live(Supplier<View> view, ConsoleAccess.Visitor visitor) {
    NodeName client = visitor.client().name();
    if (!begin(client)) {
      return told(visitor.client(), 429, "This client has too many live pages open.");
    }
    LiveEvents events = new LiveEvents();
    return new Answer.Stream(
        HEADERS,
        () -> events.next(visitor.mayStay(), view, sources.clock().instant()),
        () -> end(client));
  }

  private synchronized boolean begin(NodeName client) {
    int all = streams.values().stream().mapToInt(count -> count).sum();
    if (all >= MOST_STREAMS || streams.getOrDefault(client, 0) >= settings.streams()) {
      return false;
    }
    streams.merge(client, 1, Integer::sum);
    return true;
  }

  private synchronized void end(NodeName client) {
    streams.computeIfPresent(client, (name, count) -> count == 1 ? null : count - 1);
  }

  private Answer entrance(int status, String text) {
    return html(status, new View.Enter(frame("Open the console", "", List.of()), text, ""));
  }

  /** A notice for anyone. */
  private Answer notice(int status, String text) {
    return html(status, new View.Notice(frame("Console", "", List.of()), text));
  }

  /** A notice for a visitor, who may go on to other pages. */
  private Answer told(Identified client, int status, String text) {
    return html(status, new View.Notice(frame("Console", sources.name(), links(client)), text));
  }

  private static View.Frame frame(String title, String node, List<View.Link> pages) {
    return new View.Frame(title, "", node, pages);
  }

  private Answer html(int status, View view) {
    return page(status, "text/html; charset=utf-8", templates.render(view));
  }

  private static Answer page(int status, String type, String body) {
    Map<String, String> headers = new HashMap<>(HEADERS);
    headers.put("Content-Type", type);
    return new Answer.Page(status, headers, body);
  }
}
