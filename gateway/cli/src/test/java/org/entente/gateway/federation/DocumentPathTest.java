package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.entente.gateway.cli.CommandFixture;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.AuditRecord;
import org.entente.proto.store.v1.AuditType;
import org.entente.proto.v1.AuditGrpc;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Document;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportedLeaf;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.RecallRequest;
import org.entente.proto.v1.RetentionGrpc;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Files as they are, by `send --document` and `open --save`, over real gateways. */
class DocumentPathTest {
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("DE-7").setJustification("case 7").build();

  /** Of a gateway that is configured as usual, and of the agreement. */
  private static final int MOST = 1 << 20;

  @RegisterExtension final RunningFederation federation = new RunningFederation();
  private Path saved = Path.of("");

  @BeforeEach
  void start() throws IOException {
    Path config = federation.config(DE);
    Files.writeString(
        config, Files.readString(config).replace("score, recall", "score, recall, audit"));
    federation.start(FR, DE);
    saved = federation.folder().resolve("saved");
  }

  private record Ran(int code, String out, String err) {
    String first() {
      return out.substring(0, 32);
    }
  }

  private static Ran run(List<String> words) {
    CommandFixture command = new CommandFixture();
    return new Ran(command.run(words), command.out(), command.err());
  }

  private List<String> at(String agency, String... words) {
    List<String> all = new ArrayList<>(Arrays.asList(words));
    all.addAll(CommandFixture.client(federation, agency));
    return all;
  }

  private Ran send(Path file, String... more) {
    List<String> words = at(FR, "send", "--document", file.toString());
    if (!List.of(more).contains("--kind")) {
      words.addAll(List.of("--kind", "ALERT"));
    }
    words.addAll(List.of("--category", "PUBLIC_WARNING", "--purpose", "PUBLIC_SAFETY"));
    words.addAll(List.of("--classification", "UNCLASSIFIED", "--to", DE));
    words.addAll(List.of(more));
    return run(words);
  }

  private Ran open(String id, String... more) {
    List<String> words = at(DE, "open", id, "--officer", "DE-7", "--justification", "case 7");
    words.addAll(List.of(more));
    return run(words);
  }

  /** What others than these commands may publish: a document that is called anything. */
  private String publish(String name, String key) {
    Draft.Builder draft = RunningFederation.alert("", key);
    draft
        .setBody(
            Body.newBuilder()
                .setDocument(
                    Document.newBuilder()
                        .setMediaType("application/pdf")
                        .setName(name)
                        .setContent(ByteString.copyFromUtf8(key))))
        .getToBuilder()
        .addAgencies(DE);
    Outcome outcome = federation.publish(FR, draft.build());
    assertTrue(outcome.hasAccepted(), outcome.toString());
    return MessageId.of(outcome.getMessageId().toByteArray()).toString();
  }

  private long openings(String id) throws IOException {
    long count = 0;
    for (ExportedLeaf leaf :
        AuditGrpc.newBlockingStub(federation.channel(DE))
            .export(
                ExportRequest.newBuilder()
                    .setMessageId(ByteString.fromHex(id))
                    .setOnBehalfOf(PERSON)
                    .build())
            .getLeavesList()) {
      AuditRecord record = AuditRecord.parseFrom(leaf.getRecord());
      count += record.getType() == AuditType.AUDIT_TYPE_OPENED ? 1 : 0;
    }
    return count;
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(federation.folder().resolve(name), content);
  }

  /** So many bytes, none of which a text would survive unharmed for long. */
  private static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  /** The largest content that a message takes beside this name and media type. */
  private static int most(String name, String mediaType) {
    Document.Builder document = Document.newBuilder().setName(name).setMediaType(mediaType);
    int size = MOST;
    while (Body.newBuilder()
            .setDocument(document.setContent(ByteString.copyFrom(new byte[size])))
            .build()
            .getSerializedSize()
        > MOST) {
      size--;
    }
    return size;
  }

  @Test
  void bytes_ofAnySize_arriveAndAreSavedAsTheyAre() throws IOException {
    byte[] every = new byte[256];
    for (int i = 0; i < every.length; i++) {
      every[i] = (byte) i;
    }
    Map<String, byte[]> contents = new TreeMap<>();
    contents.put("empty.pdf", new byte[0]);
    contents.put("every.bin", every);
    contents.put("large.zip", bytes(300_000));
    contents.put("limit.bin", bytes(most("limit.bin", "application/octet-stream")));
    Map<String, String> ids = new HashMap<>();
    for (Map.Entry<String, byte[]> one : contents.entrySet()) {
      Ran sent = send(file(one.getKey(), one.getValue()));
      assertEquals(0, sent.code(), sent.err());
      ids.put(one.getKey(), sent.first());
      Ran again = send(federation.folder().resolve(one.getKey()));
      assertEquals(sent.first(), again.first(), "the same file is the same message");
    }

    for (Delivery delivery : federation.receive(DE, contents.size())) {
      Document document = delivery.getBody().getDocument();
      assertArrayEquals(contents.get(document.getName()), document.getContent().toByteArray());
    }
    Ran shown = open(id(ids, "large.zip"));
    assertTrue(shown.out().contains(", application/zip, 300000 bytes, SHA-256 "), shown.out());
    for (Map.Entry<String, byte[]> one : contents.entrySet()) {
      String id = id(ids, one.getKey());
      Ran opened = open(id, "--save", saved.toString());
      assertEquals(0, opened.code(), opened.err());
      Path file = saved.resolve(id + "-" + one.getKey());
      assertArrayEquals(one.getValue(), Files.readAllBytes(file));
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      String digest = opened.err().strip().replaceFirst("(?s).*SHA-256 ", "");
      assertTrue(opened.out().contains(digest), opened.out());
      assertTrue(opened.err().startsWith("saved as " + file + ": " + one.getValue().length));
    }
    federation.awaitEvidence(
        FR, MessageId.parse(id(ids, "limit.bin")), EvidenceKind.EVIDENCE_KIND_RETRIEVAL, DE);
  }

  private static String id(Map<String, String> ids, String name) {
    return Objects.requireNonNull(ids.get(name), name);
  }

  @Test
  void document_overTheLimit_isRefusedNamingTheField_andNothingIsSent() throws IOException {
    Path byOne = file("by-one.bin", bytes(most("by-one.bin", "application/octet-stream") + 1));
    Ran one = send(byOne);
    assertEquals(1, one.code());
    assertTrue(
        one.err().contains(byOne + ": TOO_LARGE: body: has 1048577 bytes; at most 1048576"),
        one.err());
    assertTrue(one.err().contains("0 published, 0 held, 0 refused, 1 bad"), one.err());

    Path byFar = file("by-far.bin", bytes(5 << 20));
    Ran far = send(byFar);
    assertEquals(3, far.code());
    assertTrue(
        far.err()
            .contains(
                "--document (body.document.content): has 5242880 bytes, more than this gateway"),
        far.err());

    Path beyond = file("beyond.bin", new byte[(16 << 20) + 1]);
    federation.stop(FR);
    Ran never = run(unconnected(beyond));
    assertEquals(1, never.code());
    assertTrue(never.err().contains("--document (body.document.content): "), never.err());
    assertTrue(never.err().contains("nothing was sent"), never.err());
    federation.start(FR);

    String small = send(file("small.bin", bytes(10))).first();
    Delivery first = federation.receive(DE, 1).get(0);
    assertEquals(small, hex(first), "nothing came before");
  }

  private List<String> unconnected(Path file) {
    return List.of(
        "send",
        "--document",
        file.toString(),
        "--category",
        "PUBLIC_WARNING",
        "--purpose",
        "PUBLIC_SAFETY",
        "--classification",
        "UNCLASSIFIED",
        "--to",
        DE,
        "--gateway",
        "127.0.0.1:1",
        "--credentials",
        federation.credentials(FR).toString());
  }

  private static String hex(Delivery delivery) {
    return MessageId.of(delivery.getLabel().getMessageId().toByteArray()).toString();
  }

  @Test
  void names_ofTheOtherSide_leadNowhere_andReplaceNothing() throws IOException {
    Path other = file("victim.pdf", bytes(10));
    List<String> names =
        List.of(
            "../victim.pdf",
            other.toString(),
            "..\\..\\victim.pdf",
            ".bashrc",
            "..",
            "",
            "漢".repeat(200));
    Map<String, String> keys = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      keys.put(publish(names.get(i), "hostile-" + i), "hostile-" + i);
    }
    assertThrows(StatusRuntimeException.class, () -> publish("invoice\u202Efdp.exe", "turned"));
    federation.receive(DE, names.size());
    Files.createDirectory(saved);
    List<Path> before = in(federation.folder());
    for (Map.Entry<String, String> one : keys.entrySet()) {
      Ran opened = open(one.getKey(), "--save", saved.toString());
      assertEquals(0, opened.code(), opened.err());
      Path file =
          in(saved).stream()
              .filter(it -> String.valueOf(it.getFileName()).startsWith(one.getKey()))
              .findFirst()
              .orElseThrow();
      assertEquals(one.getValue(), Files.readString(file));
      assertFalse(Files.isExecutable(file));
    }
    assertEquals(names.size(), in(saved).size(), "each its own file, and no folder");
    assertEquals(before, in(federation.folder()), "nothing came into being beside it");
    assertArrayEquals(bytes(10), Files.readAllBytes(other));

    String any = keys.keySet().iterator().next();
    Path first =
        in(saved).stream()
            .filter(it -> String.valueOf(it.getFileName()).startsWith(any))
            .findFirst()
            .orElseThrow();
    Files.writeString(first, "annotated by hand");
    Ran again = open(any, "--save", saved.toString());
    assertEquals(1, again.code());
    assertTrue(again.err().contains("exists already and was not changed"), again.err());
    assertEquals("annotated by hand", Files.readString(first));
    Ran otherwise = open(any, "--save", saved.toString(), "--as", "copy.pdf");
    assertEquals(0, otherwise.code(), otherwise.err());
    assertEquals(keys.get(any), Files.readString(saved.resolve("copy.pdf")));
  }

  /** What stands in a folder itself; nothing if there is none. */
  private static List<Path> in(Path place) throws IOException {
    if (!Files.exists(place)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(place)) {
      return all.sorted().toList();
    }
  }

  @Test
  void opening_isOnRecordOnce_andWhatIsWrongBeforeOpensNothing() throws IOException {
    String id = send(file("report.pdf", bytes(1_000))).first();
    String alert = federation.send(FR, "Smoke over the harbour", Duration.ofDays(1), DE).toString();
    federation.receive(DE, 2);
    assertEquals(0, openings(id));

    Files.createDirectory(saved);
    Path taken = Files.writeString(saved.resolve("taken.pdf"), "mine");
    for (String name : List.of("../report.pdf", "a/b", "..", "")) {
      Ran wrong = open(id, "--save", saved.toString(), "--as", name);
      assertEquals(2, wrong.code(), wrong.err());
      assertTrue(wrong.err().startsWith("entente: --as: "), wrong.err());
    }
    assertEquals(2, open(id, "--as", "x.pdf").code(), "without --save");
    Ran there = open(id, "--save", saved.toString(), "--as", "taken.pdf");
    assertEquals(1, there.code());
    assertTrue(there.err().contains("the message was not opened"), there.err());
    Ran noFolder = open(id, "--save", taken.toString());
    assertEquals(1, noFolder.code());
    assertTrue(
        noFolder.err().contains("it is not a folder; the message was not opened"), noFolder.err());
    assertEquals(0, openings(id), "none of these was an opening");
    assertEquals("mine", Files.readString(taken));

    Ran json = open(id, "--json", "--save", saved.toString());
    assertEquals(0, json.code(), json.err());
    assertEquals(1, json.out().lines().count(), "one object, and the file beside it");
    assertEquals(1, openings(id));

    Ran none = open(alert, "--save", saved.toString());
    assertEquals(1, none.code());
    assertTrue(none.out().contains("Smoke over the harbour"), none.out());
    assertTrue(none.err().contains("has no document; its body is ALERT"), none.err());
    assertEquals(1, openings(alert));
  }

  /** Whoever answers for its going has read it, and not only its name. */
  @Test
  void heldDocument_isSavedForWhoReleasesIt_andGoesAsItIs() throws IOException {
    byte[] content = bytes(10_000);
    String id = held(content);

    Ran shown = run(released("show", id, "--save", saved.toString(), "--as", "order.p7m"));
    assertEquals(0, shown.code(), shown.err());
    assertArrayEquals(content, Files.readAllBytes(saved.resolve("order.p7m")));
    Ran approved = run(released("approve", id));
    assertEquals(0, approved.code(), approved.err());

    Delivery delivery = federation.receive(DE, 1).get(0);
    assertEquals(id, hex(delivery));
    assertArrayEquals(content, delivery.getBody().getDocument().getContent().toByteArray());
  }

  @Test
  void heldDocument_thatIsDenied_goesToNobody_andItsPublisherReadsWhy() throws IOException {
    String id = held(bytes(100));
    Ran own = run(at(FR, "release", "deny", id, "--officer", "FR-1", "--justification", "mine"));
    assertEquals(3, own.code());
    assertTrue(own.err().contains("SECOND_PERSON_REQUIRED"), own.err());

    Ran denied = run(released("deny", id));
    assertEquals(0, denied.code(), denied.err());

    assertFalse(run(at(FR, "release", "list")).out().contains(id));
    String told = run(at(FR, "track", id)).out();
    assertTrue(told.contains("RELEASE_DENIED"), told);
    assertTrue(told.contains("read and agreed"), told);
    assertNotEquals(0, run(released("approve", id)).code());
  }

  /** Sends a document that waits for a second person; its id. */
  private String held(byte[] content) throws IOException {
    federation.stop(FR);
    Path agreement = federation.folder().resolve("agreements").resolve("warnings.yaml");
    Files.writeString(
        agreement, Files.readString(agreement).replace("four_eyes: false", "four_eyes: true"));
    Path config = federation.config(FR);
    Files.writeString(
        config,
        Files.readString(config).replace("score, recall", "score, release, recall")
            // Each agency has one client here, which stands for the author's and the releaser's.
            + "release:\n  same_client: allowed\n");
    federation.start(FR);
    List<String> who = List.of("--officer", "FR-1", "--unit", "DNRED", "--justification", "case 7");
    Ran held = send(file("order.p7m", content), who.toArray(String[]::new));
    assertEquals(0, held.code(), held.err());
    assertTrue(held.out().contains("held until"), held.out());
    return held.first();
  }

  private List<String> released(String verb, String id, String... more) {
    List<String> words =
        at(FR, "release", verb, id, "--officer", "FR-2", "--justification", "read and agreed");
    words.addAll(List.of(more));
    return words;
  }

  @Test
  void recalledDocument_isSavedNoMore() throws IOException {
    String id = send(file("report.pdf", bytes(1_000))).first();
    federation.receive(DE, 1);
    RetentionGrpc.newBlockingStub(federation.channel(FR))
        .recall(
            RecallRequest.newBuilder()
                .setMessageId(ByteString.fromHex(id))
                .setReason("the sample was mixed up")
                .setOnBehalfOf(PERSON)
                .build());
    federation.receive(DE, 1);

    Ran opened = open(id, "--save", saved.toString());

    assertNotEquals(0, opened.code());
    assertEquals(List.of(), in(saved), opened.err());
  }

  @Test
  void send_wronglyCalled_saysWhatWouldBeRight_andSendsNothing() throws IOException {
    Path file = file("report.pdf", bytes(10));
    Ran both = send(file, "--alerts", file.toString());
    assertEquals(2, both.code());
    assertTrue(both.err().contains("--alerts or --document is needed"), both.err());
    Ran neither = run(at(FR, "send"));
    assertEquals(2, neither.code());
    Ran unlabelled = run(at(FR, "send", "--document", file.toString()));
    assertEquals(2, unlabelled.code());
    assertTrue(unlabelled.err().contains("needs --category, --purpose"), unlabelled.err());
    Ran mapped = send(file, "--mapping", "any.yaml");
    assertEquals(2, mapped.code());
    Ran kind = send(file, "--kind", "REQUEST");
    assertEquals(1, kind.code());
    assertTrue(
        kind.err().contains("--kind (label.kind): must be ALERT or INTELLIGENCE"), kind.err());
    Ran code = send(file, "--handling", "H9");
    assertEquals(2, code.code());
    assertTrue(code.err().contains("--handling"), code.err());
    Ran type = send(file, "--media-type", "image/png");
    assertEquals(1, type.code());
    assertTrue(
        type.err().contains("--media-type (body.document.media_type): must have the form"),
        type.err());
    Ran name = send(file, "--name", "x".repeat(201));
    assertEquals(1, name.code());
    assertTrue(
        name.err().contains("--name (body.document.name): has 201 characters; at most"),
        name.err());
    Ran gone = send(federation.folder().resolve("gone.pdf"));
    assertEquals(1, gone.code());
    assertTrue(gone.err().contains("--document (body.document.content): "), gone.err());
    Ran nobody =
        run(
            at(
                FR,
                "send",
                "--document",
                file.toString(),
                "--category",
                "PUBLIC_WARNING",
                "--purpose",
                "PUBLIC_SAFETY",
                "--classification",
                "UNCLASSIFIED"));
    assertEquals(1, nobody.code());
    assertTrue(nobody.err().contains("--to (to): names no recipient"), nobody.err());

    String sent = send(file, "--name", "Report 7").first();
    Delivery first = federation.receive(DE, 1).get(0);
    assertEquals(sent, hex(first), "nothing came before");
    assertEquals("Report 7", first.getBody().getDocument().getName());
  }
}
