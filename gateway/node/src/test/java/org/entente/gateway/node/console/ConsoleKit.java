package org.entente.gateway.node.console;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.admin.AdminPages.Answer;
import org.entente.gateway.admin.AdminPages.Connection;
import org.entente.gateway.admin.AdminPages.Request;
import org.entente.gateway.admin.Readiness;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.feature.operator.Links;
import org.entente.gateway.identity.ClientGrant;
import org.entente.gateway.identity.ClientRegistry;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.link.PeerName;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.node.doctor.DoctorReport;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.rpc.tls.ClientTrust;
import org.entente.gateway.testkit.SettableClock;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.testkit.TlsHolder;
import org.entente.gateway.trust.TrustBundle;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.ExplainRequest;
import org.entente.proto.v1.ExplainResponse;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportResponse;
import org.entente.proto.v1.PairState;

/** A console of {@code fr.customs} over a node that a test sets, without a network. */
final class ConsoleKit {
  static final String HOST = "127.0.0.1:9441";
  static final String OPERATOR = "operator";
  static final String OFFICER = "officer";
  static final String AUDITOR = "auditor";
  static final String AUTHOR = "author";
  static final String DESK = "desk";

  /** More auditors. */
  static final List<String> AUDITORS = List.of("auditor-2", "auditor-3", "auditor-4", "auditor-5");

  private static final AgencyName FR = new AgencyName("fr.customs");

  final TestFederation federation = new TestFederation(TestFederation.START);
  final SettableClock clock = new SettableClock(TestFederation.START.plusSeconds(3_600));
  final Meters meters = new Meters();
  final List<String> obstacles = new ArrayList<>();
  final List<String> warnings = new ArrayList<>();
  final List<Links.Link> links = new ArrayList<>();
  final List<EvidenceItem> evidence = new ArrayList<>();
  final List<ConsoleNode.Destination> destinations = new ArrayList<>();

  /** What was asked of the log and of policy. */
  final List<ExportRequest> searches = new ArrayList<>();

  final List<ExplainRequest> questions = new ArrayList<>();
  final Map<String, Long> counts = new HashMap<>();
  final TrustBundle bundle = federation.bundle(federation.content(1));
  final ClientTrust clients =
      new ClientTrust(
          () ->
              ClientRegistry.of(
                  FR,
                  with(
                      AUDITORS,
                      new ClientGrant(new NodeName(OPERATOR), Set.of(Scope.OPERATOR)),
                      new ClientGrant(new NodeName("second"), Set.of(Scope.OPERATOR)),
                      new ClientGrant(new NodeName(OFFICER), Set.of(Scope.EVIDENCE)),
                      new ClientGrant(new NodeName(AUDITOR), Set.of(Scope.AUDIT)),
                      new ClientGrant(new NodeName("both"), Set.of(Scope.AUDIT, Scope.EVIDENCE)),
                      new ClientGrant(new NodeName(AUTHOR), Set.of(Scope.PUBLISH)),
                      new ClientGrant(new NodeName(DESK), Set.of(Scope.SUBSCRIBE)))),
          () -> bundle,
          clock,
          problem -> {});

  /** Whether the node is open. */
  boolean open = true;

  /** What the log and policy answer. */
  Result<ExportResponse> found = Result.done(ExportResponse.getDefaultInstance());

  Result<ExplainResponse> decision = Result.done(ExplainResponse.getDefaultInstance());

  /** What happens while policy decides. */
  Runnable whileDeciding = () -> {};

  /** What happens while the log is searched, with what says that nobody waits any more. */
  Consumer<BooleanSupplier> whileSearching = cancelled -> {};

  /** Whether the caller has left. */
  boolean gone;

  /** Whether what clients may do was withdrawn. */
  boolean withdrawn;

  DoctorReport report = new DoctorReport(List.of());
  final Readiness readiness =
      new Readiness() {
        @Override
        public List<String> obstacles() {
          return List.copyOf(obstacles);
        }

        @Override
        public boolean leads() {
          return true;
        }

        @Override
        public List<String> warnings() {
          return List.copyOf(warnings);
        }
      };
  private final Accounts accounts;
  final Console console;

  ConsoleKit(NodeConfig.Console settings) {
    this(settings, NodeConfig.Limits.DEFAULT);
  }

  ConsoleKit(NodeConfig.Console settings, NodeConfig.Limits limits) {
    accounts = Accounts.ofClients(limits, clock::nanos);
    console =
        new Console(
            settings,
            new ConsoleSources(
                new PeerName(new AgencyName("fr.customs"), new NodeName("gateway-1")),
                meters,
                readiness,
                () -> report,
                () -> open ? Optional.of(new Node()) : Optional.empty(),
                clock,
                clock::nanos),
            new SecureRandom());
    console.listensAt(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9441));
  }

  private static List<ClientGrant> with(List<String> auditors, ClientGrant... others) {
    return Stream.concat(
            Stream.of(others),
            auditors.stream().map(name -> new ClientGrant(new NodeName(name), Set.of(Scope.AUDIT))))
        .toList();
  }

  static NodeConfig.Console defaults() {
    return new NodeConfig.Console(List.of(), 0, 0, 0, 0, 0);
  }

  private final class Node implements ConsoleNode {
    @Override
    public Result<Identified> identify(List<X509Certificate> chain) {
      return clients.identify(chain);
    }

    @Override
    public Optional<Problem> recheck(Identified client) {
      return withdrawn
          ? Optional.of(new Problem(Code.SCOPE_MISSING, "", "withdrawn"))
          : clients.recheck(client);
    }

    @Override
    public Account account(NodeName client) {
      return accounts.of(client.value());
    }

    @Override
    public List<Links.Link> links() {
      return List.copyOf(links);
    }

    @Override
    public long queued(AgencyName peer, Lane lane) {
      return counts.getOrDefault(peer + " out", 0L);
    }

    @Override
    public long taken(AgencyName peer, Lane lane) {
      return counts.getOrDefault(peer + " in", 0L);
    }

    @Override
    public List<EvidenceItem> evidence(MessageId message) {
      return evidence.stream()
          .filter(item -> MessageId.of(item.getMessageId().toByteArray()).equals(message))
          .toList();
    }

    @Override
    public List<Destination> destinations() {
      return List.copyOf(destinations);
    }

    @Override
    public Result<ExportResponse> export(
        Identified client, BooleanSupplier cancelled, ExportRequest request) {
      searches.add(request);
      whileSearching.accept(cancelled);
      return found;
    }

    @Override
    public Result<ExplainResponse> explain(Identified client, ExplainRequest request) {
      questions.add(request);
      whileDeciding.run();
      return decision;
    }

    @Override
    public List<Agreement> agreements() {
      return List.of();
    }

    @Override
    public List<PairState> pairs() {
      return List.of();
    }
  }

  /** The certificate and key of a client. */
  TlsHolder holder(String client) {
    return TlsHolder.issue(
        federation.authority(FR.value()),
        "spiffe://" + TestFederation.NAME + "/agency/fr.customs/client/" + client,
        federation.start(),
        federation.start().plus(TestFederation.LIFETIME));
  }

  Identified client(String name) {
    return clients
        .identify(holder(name).chain())
        .orElseThrow(problem -> new IllegalStateException(problem.message()));
  }

  /** A new token of a client. */
  String token(String client) {
    String address =
        console
            .open(client(client))
            .orElseThrow(problem -> new IllegalStateException(problem.message()))
            .getAddress();
    return address.substring(address.indexOf('#') + 1);
  }

  /** The cookie of a new session of a client. */
  String session(String client) {
    String cookie = String.valueOf(enter(token(client)).headers().get("Set-Cookie"));
    return cookie.substring(0, cookie.indexOf(';'));
  }

  Answer.Page enter(String token) {
    return page(enter(token, Map.of("host", HOST, "origin", "http://" + HOST)));
  }

  Answer enter(String token, Map<String, String> headers) {
    return console.answer(
        new Request(
            new Connection(false, true, List.of()),
            "POST",
            "/console/enter",
            Map.of(),
            headers,
            Map.of("token", token),
            () -> gone));
  }

  /** A page with a session's cookie. */
  Answer.Page get(String path, String cookie) {
    return page(answer("GET", path, Map.of("host", HOST, "cookie", cookie)));
  }

  /** What a form of the console itself gets. */
  Answer.Page post(String path, String cookie, Map<String, String> form) {
    return post(path, Map.of("host", HOST, "origin", "http://" + HOST, "cookie", cookie), form);
  }

  Answer.Page post(String path, Map<String, String> headers, Map<String, String> form) {
    return page(
        console.answer(
            new Request(
                new Connection(false, true, List.of()),
                "POST",
                path,
                Map.of(),
                headers,
                form,
                () -> gone)));
  }

  Answer answer(String method, String path, Map<String, String> headers) {
    return answer(method, path, headers, new Connection(false, true, List.of()));
  }

  Answer answer(String method, String path, Map<String, String> headers, Connection from) {
    String[] parts = path.split("\\?", 2);
    Map<String, String> query = new HashMap<>();
    for (String one : parts.length == 2 ? parts[1].split("&", -1) : new String[0]) {
      query.put(one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
    }
    return console.answer(
        new Request(from, method, parts[0], query, headers, Map.of(), () -> gone));
  }

  static Answer.Page page(Answer answer) {
    if (answer instanceof Answer.Page page) {
      return page;
    }
    throw new AssertionError("a stream, where a page was expected");
  }

  static Answer.Stream stream(Answer answer) {
    if (answer instanceof Answer.Stream stream) {
      return stream;
    }
    throw new AssertionError("a page, where a stream was expected: " + answer);
  }
}
