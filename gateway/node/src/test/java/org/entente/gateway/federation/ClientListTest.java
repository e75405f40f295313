package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.entente.gateway.ceremony.AgencyIssuer;
import org.entente.gateway.ceremony.PrivateFiles;
import org.entente.gateway.client.ConnectionErrorText;
import org.entente.gateway.config.ClientList;
import org.entente.gateway.crypto.EcKeys;
import org.entente.gateway.crypto.Pem;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.node.offline.ClientListEditor;
import org.entente.gateway.node.offline.TrustBundleInstallation;
import org.entente.gateway.rpc.Refusals;
import org.entente.gateway.rpc.StreamAnswers;
import org.entente.gateway.testkit.TestRequirement;
import org.entente.proto.store.v1.AuditRecord;
import org.entente.proto.store.v1.AuditType;
import org.entente.proto.v1.AuditGrpc;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportResponse;
import org.entente.proto.v1.ExportedLeaf;
import org.entente.proto.v1.LinksGrpc;
import org.entente.proto.v1.ListLinksRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.SubscribeRequest;
import org.entente.proto.v1.SubscribeResponse;
import org.entente.proto.v1.SubscriberGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients that are added, changed and revoked while their gateway runs. */
class ClientListTest {
  private static final String NIGHT = "night";
  private static final Duration MONTH = Duration.ofDays(30);

  @RegisterExtension final RunningFederation federation = new RunningFederation(FR);
  private final List<ManagedChannel> channels = new ArrayList<>();
  private Path file = Path.of("");

  @BeforeEach
  void locate() {
    file = federation.folder().resolve(FR).resolve("clients.yaml");
  }

  @AfterEach
  void shutDown() {
    channels.forEach(ManagedChannel::shutdownNow);
  }

  private ManagedChannel open(String client) {
    ManagedChannel channel = federation.open(FR, client);
    channels.add(channel);
    return channel;
  }

  /** Issues a certificate into the client's folder. */
  private ClientList.Certificate issue(String client, Duration validity) throws IOException {
    KeyPair keys = EcKeys.generate(new SecureRandom());
    Path home = federation.folder().resolve(FR);
    Path folder = home.resolve("clients").resolve(client);
    AgencyIssuer issuer = AgencyIssuer.open(home, null, new SecureRandom());
    try (ClientListEditor editor = editor()) {
      X509Certificate issued =
          issuer.issue(
              editor.identity(new NodeName(client)),
              keys.getPublic(),
              federation.clock.instant(),
              validity);
      PrivateFiles.folder(folder);
      PrivateFiles.replace(
          folder.resolve("tls.crt"), Pem.encode(issued).getBytes(StandardCharsets.UTF_8));
      PrivateFiles.replace(
          folder.resolve("tls.key"),
          Pem.encode(keys.getPrivate()).getBytes(StandardCharsets.UTF_8));
      PrivateFiles.replace(
          folder.resolve("ca.crt"),
          Pem.encode(issuer.certificate()).getBytes(StandardCharsets.UTF_8));
      return ClientListEditor.listed(issued);
    }
  }

  private Path audit() {
    return ConfiguredFiles.read(federation.config(FR), federation.clock).config().audit();
  }

  private ClientListEditor editor() {
    return ClientListEditor.open(federation.config(FR), federation.clock);
  }

  private void put(ClientList.Entry entry) {
    try (ClientListEditor editor = editor()) {
      editor.put(entry, "test");
    }
    federation.doChores();
  }

  private static ClientList.Entry client(
      String name, List<String> scopes, List<ClientList.Certificate> certificates) {
    return new ClientList.Entry(name, scopes, List.of(), null, certificates, null);
  }

  private ClientList.Certificate addNight(String... scopes) throws IOException {
    ClientList.Certificate certificate = issue(NIGHT, MONTH);
    put(client(NIGHT, List.of(scopes), List.of(certificate)));
    return certificate;
  }

  private void revoke(String name) {
    ClientList.Entry before;
    try (ClientListEditor editor = editor()) {
      before = editor.find(name).orElseThrow();
    }
    put(
        new ClientList.Entry(
            name, before.scopes(), List.of(), null, List.of(), federation.clock.instant()));
  }

  private static void listLinks(ManagedChannel channel) {
    Objects.requireNonNull(
        LinksGrpc.newBlockingStub(channel).listLinks(ListLinksRequest.getDefaultInstance()));
  }

  private static Status.Code failure(ManagedChannel channel) {
    return assertThrows(StatusRuntimeException.class, () -> listLinks(channel))
        .getStatus()
        .getCode();
  }

  /** What a client is told whose handshake fails. */
  private String told(String client) {
    Status status =
        assertThrows(StatusRuntimeException.class, () -> listLinks(open(client))).getStatus();
    assertEquals(Status.Code.UNAVAILABLE, status.getCode());
    return ConnectionErrorText.words(Objects.requireNonNull(status.getCause()));
  }

  /** An open subscription, of which the gateway has said where it begins. */
  private StreamAnswers<SubscribeResponse> subscribe(ManagedChannel channel)
      throws InterruptedException {
    StreamAnswers<SubscribeResponse> answers = new StreamAnswers<>();
    SubscriberGrpc.newStub(channel)
        .subscribe(answers)
        .onNext(
            SubscribeRequest.newBuilder()
                .setOpen(OpenCursor.newBuilder().setCursor("main"))
                .build());
    assertTrue(answers.next().hasOpened());
    return answers;
  }

  private String readyz() {
    return federation.scrape(FR, "readyz");
  }

  @Test
  void client_thatIsAdded_callsWithoutARestart_andWithItsScopesOnly() throws Exception {
    StreamAnswers<SubscribeResponse> other = subscribe(federation.channel(FR));
    issue(NIGHT, MONTH);
    assertTrue(told(NIGHT).contains("is it a registered client"), "before it is added");
    addNight("operator");
    ManagedChannel night = open(NIGHT);
    listLinks(night);

    put(client(NIGHT, List.of("subscribe"), certificates(NIGHT)));

    assertEquals(Status.Code.PERMISSION_DENIED, failure(night));
    Objects.requireNonNull(subscribe(night));
    assertFalse(other.hasEnded(), "another client's stream goes on");
  }

  private List<ClientList.Certificate> certificates(String name) {
    try (ClientListEditor editor = editor()) {
      return editor.find(name).orElseThrow().certificates();
    }
  }

  /** Threat 30. */
  @Test
  void client_thatIsRevoked_losesItsStreamAtOnce_andCannotConnect_alsoAfterARestart()
      throws Exception {
    addNight("subscribe", "operator");
    ManagedChannel night = open(NIGHT);
    StreamAnswers<SubscribeResponse> stream = subscribe(night);
    StreamAnswers<SubscribeResponse> other = subscribe(federation.channel(FR));

    revoke(NIGHT);

    Refusals.Details end = Refusals.of(stream.end());
    assertEquals(Status.Code.UNAUTHENTICATED, end.status());
    assertEquals("CERTIFICATE_REVOKED", end.reason());
    assertEquals(Status.Code.UNAVAILABLE, failure(night));
    assertTrue(told(NIGHT).contains("because the client was revoked"));
    assertFalse(other.hasEnded(), "another client's stream goes on");
    federation.stop(FR);
    federation.start(FR);
    assertTrue(told(NIGHT).contains("because the client was revoked"));
    listLinks(federation.channel(FR));
  }

  /** A client of node.yaml. */
  @Test
  void clientOfTheConfiguration_thatIsRevoked_isRefused() throws Exception {
    StreamAnswers<SubscribeResponse> stream = subscribe(federation.channel(FR));
    revoke("desk");
    assertEquals("CERTIFICATE_REVOKED", Refusals.of(stream.end()).reason());
    assertTrue(told("desk").contains("because the client was revoked"));
  }

  /** A backup of the file, or one from another machine, brings no revoked client back. */
  @Test
  void oldFile_isRefused_andBringsNoRevokedClientBack_alsoAfterARestart() throws Exception {
    addNight("operator");
    byte[] old = Files.readAllBytes(file);
    revoke(NIGHT);
    PrivateFiles.replace(file, old);
    federation.doChores();
    String refused = "has version 1, and version 2 is in force";
    assertTrue(readyz().contains(refused), readyz());
    assertEquals(1.0, federation.metric(FR, "entente_client_list_refused"));
    assertEquals(2.0, federation.metric(FR, "entente_client_list_version"));
    assertTrue(told(NIGHT).contains("because the client was revoked"));
    federation.stop(FR);
    federation.start(FR);
    assertTrue(readyz().contains(refused), readyz());
    assertTrue(told(NIGHT).contains("because the client was revoked"));
    Files.delete(file);
    federation.doChores();
    assertTrue(readyz().contains("is missing; version 2 was accepted before"), readyz());
    assertTrue(told(NIGHT).contains("because the client was revoked"));

    // The commands go on from what is in force, not from the old file.
    ClientList.Certificate again = issue("again", MONTH);
    put(client("again", List.of("operator"), List.of(again)));
    listLinks(open("again"));
    assertTrue(told(NIGHT).contains("because the client was revoked"));
    assertEquals(0.0, federation.metric(FR, "entente_client_list_refused"));
  }

  /** Only a gateway that runs could keep what was in force, and an older file came in between. */
  @Test
  void clientRevokedWhileTheGatewayIsStopped_staysOut_thoughAnOlderFileIsRestored()
      throws Exception {
    addNight("operator");
    byte[] old = Files.readAllBytes(file);
    federation.stop(FR);
    revoke(NIGHT);
    PrivateFiles.replace(file, old);
    federation.start(FR);
    assertTrue(told(NIGHT).contains("because the client was revoked"));
    assertTrue(readyz().contains("has version 1, and version 2 is in force"), readyz());
    listLinks(federation.channel(FR));
  }

  /** As where it names a scope or desk that is no more. */
  @Test
  void acceptedListThatNoLongerFits_doesNotStopTheStart_ifALaterFileDoes() throws Exception {
    addNight("subscribe");
    federation.stop(FR);
    for (String name : List.of("accepted-clients", "written-clients")) {
      Path copy = audit().resolve(name);
      PrivateFiles.replace(
          copy,
          Files.readString(copy).replace("subscribe", "emperor").getBytes(StandardCharsets.UTF_8));
    }
    assertThrows(StartProblem.class, () -> federation.start(FR));
    PrivateFiles.replace(
        file,
        Files.readString(file)
            .replace("version: 1", "version: 2")
            .getBytes(StandardCharsets.UTF_8));
    federation.start(FR);
    assertEquals(2.0, federation.metric(FR, "entente_client_list_version"));
  }

  /** As root runs a command once: its lock would keep the gateway's user from revoking. */
  @Test
  void editor_ofAnotherUser_isRefused_andLeavesNothing() throws Exception {
    beAnotherUser();
    assertThrows(StartProblem.class, this::editor);
    assertFalse(Files.exists(file.resolveSibling("clients.yaml.lock")));
  }

  /** The gateway could not read the trust bundle that root installs for it. */
  @Test
  void trustBundle_fromAnotherUser_isRefused() throws Exception {
    beAnotherUser();
    Path bundle = federation.folder().resolve("trust-bundle.note");
    StartProblem refused =
        assertThrows(
            StartProblem.class,
            () ->
                TrustBundleInstallation.read(
                    federation.config(FR), bundle, null, null, federation.clock));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("run this command as nobody"),
        refused.getMessage());
  }

  private void beAnotherUser() throws IOException {
    UserPrincipal other =
        FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
    TestRequirement.present(
        System.getProperty("user.name", "").equals("root"),
        "root, who may give a folder to another user");
    Files.setOwner(audit(), other);
  }

  @Test
  void fileThatIsBroken_isRefusedAsAWhole_andTheClientsInForceStay() throws Exception {
    addNight("operator");
    ManagedChannel night = open(NIGHT);
    StreamAnswers<SubscribeResponse> other = subscribe(federation.channel(FR));
    String good = Files.readString(file);
    for (String broken :
        List.of(
            "version: 9\nclients: [",
            good.replace("version: 1", "version: 9").replace("operator", "emperor"),
            good.replace("version: 1", "version: 9").replace("name: night", "name: N I G H T"),
            good.replace("version: 1", "version: 9") + "extra: 1\n",
            good.replace("operator", "publish"))) {
      PrivateFiles.replace(file, broken.getBytes(StandardCharsets.UTF_8));
      federation.doChores();
      assertTrue(readyz().contains("warning: client: the client list is invalid"), readyz());
      assertTrue(readyz().contains("client_list: "), readyz());
      listLinks(night);
    }
    assertFalse(other.hasEnded());
    PrivateFiles.replace(file, good.getBytes(StandardCharsets.UTF_8));
    federation.doChores();
    assertFalse(readyz().contains("client list"), readyz());
  }

  /** Whoever may write the file could give himself scopes. */
  @Test
  void file_thatOthersMayWrite_isRefused() throws Exception {
    addNight("subscribe");
    String more =
        Files.readString(file).replace("version: 1", "version: 2").replace("subscribe", "operator");
    PrivateFiles.replace(file, more.getBytes(StandardCharsets.UTF_8));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
    federation.doChores();
    assertTrue(readyz().contains("can be written by others than its owner"), readyz());
    assertEquals(Status.Code.PERMISSION_DENIED, failure(open(NIGHT)));
  }

  @Test
  void firstFile_thatIsBroken_stopsTheStart_andSaysWhere() throws Exception {
    federation.stop(FR);
    PrivateFiles.write(file, "version: 1\nclients: 7\n");
    String told =
        String.valueOf(assertThrows(StartProblem.class, () -> federation.start(FR)).getMessage());
    assertTrue(told.startsWith("client_list: " + file + ":1:1: changed_by: the field is missing"));
    assertTrue(told.contains(file + ":2:1: clients: a number; valid: a list"), told);
  }

  @Test
  void certificateThatIsReplacedAtOnce_isRefused_andTheNewOneAccepted() throws Exception {
    ClientList.Certificate first = addNight("operator");
    ManagedChannel night = open(NIGHT);
    listLinks(night);
    ClientList.Certificate second = issue(NIGHT, MONTH);
    put(client(NIGHT, List.of("operator"), List.of(first, second)));
    listLinks(night);
    listLinks(open(NIGHT));
    put(client(NIGHT, List.of("operator"), List.of(second)));
    listLinks(open(NIGHT));
    assertEquals(Status.Code.UNAVAILABLE, failure(night), "it has the first one");
    put(client(NIGHT, List.of("operator"), List.of(first)));
    assertTrue(told(NIGHT).contains("this certificate was replaced"));
  }

  @Test
  void certificateThatEnds_isWarnedOf_andThenTheClientIsToldSo() throws Exception {
    ClientList.Certificate certificate = issue(NIGHT, Duration.ofDays(20));
    put(client(NIGHT, List.of("operator"), List.of(certificate)));
    listLinks(open(NIGHT));
    String warning = "warning: client: the certificate of client night ends on ";
    assertFalse(readyz().contains(warning), readyz());
    assertTrue(
        federation
            .scrape(FR, "metrics")
            .contains("entente_client_certificate_expiry_timestamp_seconds{client=\"night\""));
    federation.clock.move(Duration.ofDays(16));
    assertTrue(readyz().contains(warning), readyz());
    federation.clock.move(Duration.ofDays(5));
    assertTrue(
        readyz().contains("the certificate of client night ended on " + certificate.until()),
        readyz());
    assertTrue(told(NIGHT).contains("because it has expired"));
    ClientList.Certificate next = issue(NIGHT, Duration.ofDays(30));
    put(client(NIGHT, List.of("operator"), List.of(next)));
    listLinks(open(NIGHT));
    assertFalse(readyz().contains("client night"), readyz());
  }

  @Test
  void changes_areOnRecord() throws Exception {
    ClientList.Certificate certificate = issue("auditor", MONTH);
    put(client("auditor", List.of("audit"), List.of(certificate)));
    addNight("operator");
    revoke(NIGHT);
    federation.stop(FR);
    // While the gateway is stopped, too.
    try (ClientListEditor editor = editor()) {
      editor.put(client(NIGHT, List.of("subscribe"), List.of(certificate)), "FR-9");
    }
    federation.start(FR);
    List<String> told = new ArrayList<>();
    federation.await("four leaves", () -> read(told).size() == 4);
    assertEquals(
        "client list 1 is in force, changed by test: auditor has scopes audit with certificate "
            + certificate.serial(),
        told.get(0));
    assertTrue(
        told.get(1).startsWith("client list 2 is in force, changed by test: night has scopes "));
    assertEquals("client list 3 is in force, changed by test: night revoked", told.get(2));
    assertTrue(
        told.get(3)
            .startsWith("client list 4 is in force, changed by FR-9: night has scopes subscribe"));
  }

  private List<String> read(List<String> into) {
    into.clear();
    ExportRequest.Builder request =
        ExportRequest.newBuilder()
            .setOnBehalfOf(OnBehalfOf.newBuilder().setOfficer("A-1").setJustification("audit"));
    ManagedChannel auditor = open("auditor");
    ExportResponse page;
    do {
      page = AuditGrpc.newBlockingStub(auditor).export(request.build());
      page.getLeavesList().forEach(leaf -> detail(leaf).ifPresent(into::add));
      request.setAfter(page.getNext());
    } while (!page.getNext().isEmpty());
    return into;
  }

  private static Optional<String> detail(ExportedLeaf leaf) {
    try {
      AuditRecord record = AuditRecord.parseFrom(leaf.getRecord());
      return record.getType() == AuditType.AUDIT_TYPE_CLIENTS_CHANGE
          ? Optional.of(record.getDetail())
          : Optional.empty();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
