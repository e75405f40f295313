package org.entente.gateway.audit.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.entente.gateway.audit.proof.LogProof;
import org.entente.gateway.audit.tree.CheckpointCheck;
import org.entente.gateway.audit.tree.MemoryTree;
import org.entente.gateway.audit.tree.MerkleTree;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.note.NoteSigner;
import org.entente.gateway.note.NoteVerifier;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.note.TreeHash;
import org.entente.gateway.testkit.ForeignVerifier;
import org.junit.jupiter.api.Test;

/**
 * The log's formats as pinned in {@code vectors/log1.json}: notes, checkpoints, proofs, from fixed
 * seeds, with what must be refused. A file of cases, so that any verifier can be run over it.
 */
class LogVectorsTest {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final String FILE = "/vectors/log1.json";
  private static final int LEAVES = 11;
  private static final int OLDER = 6;
  private static final String MISFIT = "HEADER_MISMATCH";

  private final SigningPair keys = AuditFixture.pair(1);
  private final NoteKeyName name = AuditFixture.ORIGIN.keyName();
  private final SigningPair witness = AuditFixture.pair(2);
  private final List<byte[]> openings = new ArrayList<>();
  private final MemoryTree tree;
  private final List<Map<String, Object>> cases = new ArrayList<>();

  LogVectorsTest() {
    Random random = new Random(20_260_301);
    for (int i = 0; i < LEAVES; i++) {
      byte[] seed = Sha256.hash(new byte[] {(byte) i});
      openings.add(OpenedLeaf.of(seed, AuditFixture.record(random)).shown().encode());
    }
    tree = MemoryTree.of(openings.stream().map(ShownLeaf::commitment).toList());
  }

  private static JsonNode pinned() throws IOException {
    try (InputStream in = LogVectorsTest.class.getResourceAsStream(FILE)) {
      return JSON.readTree(Objects.requireNonNull(in, FILE));
    }
  }

  @Test
  void log1_madeFromTheSeeds_isAsPinned() throws IOException {
    notes();
    checkpoints();
    trees();
    proofs();
    messages();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("about", "Entente, audit log; formats in docs/develop/wire-format.md; bytes in hex");
    all.put("cases", cases);
    JsonNode made = JSON.valueToTree(all);
    Path folder = Files.createDirectories(Path.of("target", "vectors"));
    JSON.writeValue(folder.resolve("log1.json").toFile(), made);

    assertEquals(pinned(), made);
  }

  @Test
  void log1_pinnedCases_areJudgedAsStated() throws IOException {
    JsonNode all = pinned().path("cases");
    assertTrue(all.size() >= 25);
    for (JsonNode one : all) {
      boolean good = one.path("expect").asText().equals("ok");
      assertEquals(good, accepts(one), one.path("name").asText());
    }
  }

  /** The second implementation, in Node, on the same file. */
  @Test
  void log1_pinned_isJudgedAsStatedByTheForeignVerifier() throws URISyntaxException {
    Path file = Path.of(Objects.requireNonNull(LogVectorsTest.class.getResource(FILE)).toURI());

    String report = ForeignVerifier.require().report(file);

    assertTrue(report.contains(" 0 broken; 0 not as expected"), report);
    System.out.println(FILE + " in Node: " + report.lines().reduce((a, b) -> b).orElseThrow());
  }

  private static boolean accepts(JsonNode one) {
    byte[] bytes = unhex(one.path("bytes").asText());
    return switch (one.path("format").asText()) {
      case "note" -> {
        List<NoteVerifier> known = new ArrayList<>();
        one.path("vkeys").forEach(v -> known.add(NoteVerifier.parse(v.asText()).orElseThrow()));
        yield SignedNote.parse(bytes)
            .asNote()
            .filter(note -> note.verify(known).refusal().isEmpty())
            .isPresent();
      }
      case "checkpoint" -> AuditFixture.VERIFIER.check(bytes) instanceof CheckpointCheck.Signed;
      case "inclusion" ->
          MerkleTree.verifyInclusion(
              one.path("index").asLong(),
              one.path("size").asLong(),
              hash(one.path("leaf")),
              hashes(one.path("proof")),
              hash(one.path("root")));
      case "consistency" ->
          MerkleTree.verifyConsistency(
              one.path("older_size").asLong(),
              hash(one.path("older_root")),
              one.path("size").asLong(),
              hash(one.path("root")),
              hashes(one.path("proof")));
      case "log_proof" ->
          LogProof.parse(bytes)
              .map(
                  proof ->
                      one.has("commitment")
                          ? proof.fault(
                              AuditFixture.VERIFIER, unhex(one.path("commitment").asText()))
                          : proof.fault(AuditFixture.VERIFIER))
              .filter(Optional::isEmpty)
              .isPresent();
      case "leaf_message" ->
          MessagePath.parse(bytes)
              .filter(
                  path ->
                      ShownLeaf.parse(unhex(one.path("opening").asText()))
                          .orElseThrow()
                          .names(MessageId.parse(one.path("message").asText()), path))
              .isPresent();
      default -> throw new AssertionError(one.path("format").asText());
    };
  }

  private Map<String, Object> add(String format, String what, String expect) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("name", what);
    one.put("format", format);
    one.put("expect", expect);
    cases.add(one);
    return one;
  }

  private Checkpoint checkpoint(int size) {
    return Checkpoint.of(name.value(), size, tree.defined(0, size));
  }

  private SignedNote sign(String text, NoteSigner... signers) {
    return SignedNote.of(
        text, Arrays.stream(signers).map(s -> s.sign(text, AuditFixture.NOW)).toList());
  }

  private NoteSigner[] ofEveryType() {
    NoteKeyName other = new NoteKeyName("witness.example/w");
    return new NoteSigner[] {
      NoteSigner.ed25519(name, keys.ed25519()),
      NoteSigner.mlDsa44Cosignature(name, keys.mlDsa44()),
      NoteSigner.ed25519Cosignature(other, witness.ed25519()),
      NoteSigner.mlDsa44Cosignature(other, witness.mlDsa44()),
      NoteSigner.mlDsa44Note(other, witness.mlDsa44())
    };
  }

  private void notes() {
    NoteSigner[] signers = ofEveryType();
    List<String> vkeys = Arrays.stream(signers).map(signer -> signer.verifier().vkey()).toList();
    SignedNote note = sign(checkpoint(LEAVES).text(), signers);
    note("a signature of every type", note, vkeys, "ok");
    note("one known key", note, vkeys.subList(2, 3), "ok");
    SignedNote small = sign(checkpoint(LEAVES).text(), signers[0], signers[2]);
    String whole = new String(small.encode(), StandardCharsets.UTF_8);
    List<String> few = vkeys.subList(0, 1);
    String line = small.signatures().get(0).line();
    note("no known key", sign("a text\n", signers[0]), vkeys.subList(1, 2), "BAD_SIGNATURE");
    note("text changed", whole.replaceFirst("11", "12"), vkeys.subList(0, 1), "BAD_SIGNATURE");
    note("signature line twice", whole + line + "\n", few, "MALFORMED");
    note("no blank line", whole.replaceFirst("\n\n", "\n"), few, "MALFORMED");
    note("no final newline", whole.substring(0, whole.length() - 1), few, "MALFORMED");
    note("carriage return", whole.replaceFirst("\n", "\r\n"), few, "MALFORMED");
    note("hyphen for dash", whole.replaceFirst("\u2014", "-"), few, "MALFORMED");
    note("Base 64 without padding", whole.replace(line, line.replace("=", "")), few, "MALFORMED");
  }

  private void note(String what, SignedNote note, List<String> vkeys, String expect) {
    note(what, new String(note.encode(), StandardCharsets.UTF_8), vkeys, expect);
  }

  private void note(String what, String note, List<String> vkeys, String expect) {
    Map<String, Object> one = add("note", what, expect);
    one.put("bytes", hex(note.getBytes(StandardCharsets.UTF_8)));
    one.put("vkeys", vkeys);
  }

  private void checkpoints() {
    NoteSigner[] all = ofEveryType();
    NoteSigner untimed = all[0];
    all[0] = timed();
    Checkpoint good = checkpoint(LEAVES);
    Checkpoint empty = Checkpoint.of(name.value(), 0, good.root());
    Checkpoint extended =
        new Checkpoint(name.value(), LEAVES, good.root(), List.of("an extension"));
    String wrong = "BAD_SIGNATURE";
    checkpoint("signed by its log", sign(good.text(), all[0], all[1]), "ok");
    checkpoint("cosigned by a witness", sign(good.text(), all[0], all[1], all[2], all[3]), "ok");
    checkpoint("without ML-DSA-44", sign(good.text(), all[0]), wrong);
    checkpoint("without Ed25519", sign(good.text(), all[1]), wrong);
    checkpoint("Ed25519 without a time", sign(good.text(), untimed, all[1]), wrong);
    SignedNote later =
        SignedNote.of(
            good.text(), List.of(all[0].sign(good.text(), AuditFixture.NOW.plusSeconds(1))));
    SignedNote half = sign(good.text(), all[1]);
    checkpoint("halves that state two times", half.with(later.signatures()), wrong);
    checkpoint("halves of two names", sign(good.text(), all[0], all[3]), wrong);
    checkpoint("with an extension", sign(extended.text(), all[0], all[1]), "MALFORMED");
    checkpoint("an empty log with a root", sign(empty.text(), all[0], all[1]), "MALFORMED");
    checkpoint(
        "size with a zero before it",
        sign(good.text().replaceFirst("11", "011"), untimed),
        "MALFORMED");
    checkpoint(
        "of another log", sign(good.text().replaceFirst("gw-a", "gw-b"), all[0], all[1]), MISFIT);
  }

  /** The log's Ed25519 key as it signs checkpoints. */
  private NoteSigner timed() {
    return NoteSigner.ed25519Cosignature(name, keys.ed25519());
  }

  private void checkpoint(String what, SignedNote note, String expect) {
    ofLog("checkpoint", what, note.encode(), expect);
  }

  private Map<String, Object> ofLog(String format, String what, byte[] bytes, String expect) {
    Map<String, Object> one = add(format, what, expect);
    one.put("bytes", hex(bytes));
    one.put("origin", name.value());
    one.put("pairs", List.of(hex(keys.verifyingPair().encoded())));
    return one;
  }

  private void trees() {
    List<TreeHash> path = tree.definedPath(4, 0, LEAVES);
    inclusion("leaf 4 of 11", 4, path, "ok");
    inclusion("the proof of another leaf", 5, path, MISFIT);
    inclusion("a hash short", 4, path.subList(0, path.size() - 1), MISFIT);
    List<TreeHash> proof = tree.definedSubproof(OLDER, 0, LEAVES, true);
    consistency("6 to 11", OLDER, proof, "ok");
    consistency("an older tree of another size", OLDER - 1, proof, MISFIT);
    consistency("a hash short", OLDER, proof.subList(1, proof.size()), MISFIT);
    consistency("from no leaves", 0, List.of(), MISFIT);
  }

  private void inclusion(String what, int index, List<TreeHash> path, String expect) {
    Map<String, Object> one = add("inclusion", what, expect);
    one.put("index", "" + index);
    one.put("size", "" + LEAVES);
    one.put("leaf", hex(tree.leaf(4).bytes()));
    one.put("proof", path.stream().map(TreeHash::toString).toList());
    one.put("root", tree.defined(0, LEAVES).toString());
  }

  private void consistency(String what, int older, List<TreeHash> proof, String expect) {
    Map<String, Object> one = add("consistency", what, expect);
    one.put("older_size", "" + older);
    one.put("older_root", tree.defined(0, OLDER).toString());
    one.put("size", "" + LEAVES);
    one.put("root", tree.defined(0, LEAVES).toString());
    one.put("proof", proof.stream().map(TreeHash::toString).toList());
  }

  private void proofs() {
    SignedNote note = sign(checkpoint(LEAVES).text(), timed(), ofEveryType()[1]);
    List<TreeHash> path = tree.definedPath(4, 0, LEAVES);
    byte[] opening = openings.get(4);
    String whole = text(new LogProof(4, Optional.of(opening), path, note));
    proof("a leaf with its record", whole, "ok");
    proof("another place", whole.replaceFirst("index 4", "index 5"), MISFIT);
    proof("a zero before the index", whole.replaceFirst("index 4", "index 04"), "MALFORMED");
    proof("another version", whole.replaceFirst("@v1", "@v2"), "MALFORMED");
    proof(
        "another record", text(new LogProof(4, Optional.of(openings.get(3)), path, note)), MISFIT);
    String place = text(new LogProof(4, Optional.empty(), path, note));
    proof("a place without a record", place, "NOT_FOUND");
    Map<String, Object> given = proof("a place and its commitment", place, "ok");
    given.put("commitment", hex(ShownLeaf.commitment(opening)));
    Map<String, Object> other = proof("a place and another commitment", place, MISFIT);
    other.put("commitment", hex(ShownLeaf.commitment(openings.get(3))));
  }

  private void messages() {
    Random random = new Random(20_261_130);
    List<MessageId> ids =
        Stream.generate(() -> MessageId.fresh(AuditFixture.NOW.toEpochMilli(), random))
            .limit(5)
            .toList();
    AuditSubject subject = new AuditSubject(null, ids, List.of(AuditFixture.PEER), null);
    AuditRecord record =
        AuditRecord.of(
            AuditType.SEARCHED,
            LawCategory.CONSULTATION,
            AuditFixture.NOW,
            AuditActor.gateway(AuditFixture.AGENCY),
            subject);
    OpenedLeaf leaf = OpenedLeaf.of(Sha256.hash(new byte[] {99}), record);
    byte[] path = leaf.path(ids.get(2)).orElseThrow().encode();
    message("message 2 of 5", leaf, ids.get(2), path, "ok");
    byte[] last = leaf.path(ids.get(4)).orElseThrow().encode();
    message("message 4 of 5, a short path", leaf, ids.get(4), last, "ok");
    message("another message", leaf, ids.get(3), path, MISFIT);
    for (int at : new int[] {3, 4, 36}) {
      byte[] changed = path.clone();
      changed[at] ^= 1;
      message("byte " + at + " of the path changed", leaf, ids.get(2), changed, MISFIT);
    }
    byte[] shorter = Arrays.copyOf(path, path.length - 32);
    message("a hash short", leaf, ids.get(2), shorter, MISFIT);
    byte[] longer = Arrays.copyOf(path, path.length + 32);
    message("a hash more", leaf, ids.get(2), longer, MISFIT);
    byte[] cut = Arrays.copyOf(path, path.length - 1);
    message("a byte short", leaf, ids.get(2), cut, "MALFORMED");
  }

  private void message(String what, OpenedLeaf leaf, MessageId id, byte[] path, String expect) {
    Map<String, Object> one = add("leaf_message", what, expect);
    one.put("bytes", hex(path));
    one.put("message", id.toString());
    one.put("opening", hex(leaf.shown().encode()));
  }

  private static String text(LogProof proof) {
    return new String(proof.encode(), StandardCharsets.UTF_8);
  }

  private Map<String, Object> proof(String what, String proof, String expect) {
    return ofLog("log_proof", what, proof.getBytes(StandardCharsets.UTF_8), expect);
  }

  private static TreeHash hash(JsonNode hex) {
    return TreeHash.of(unhex(hex.asText()));
  }

  private static List<TreeHash> hashes(JsonNode list) {
    List<TreeHash> hashes = new ArrayList<>();
    list.forEach(hex -> hashes.add(hash(hex)));
    return hashes;
  }

  private static byte[] unhex(String text) {
    return HexFormat.of().parseHex(text);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
