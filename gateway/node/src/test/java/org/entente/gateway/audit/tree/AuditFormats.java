package org.entente.gateway.audit.tree;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.entente.gateway.audit.LogSuccession;
import org.entente.gateway.audit.proof.LogProof;
import org.entente.gateway.audit.proof.MessageProof;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditFixture;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditRecordCodec;
import org.entente.gateway.audit.record.MessagePath;
import org.entente.gateway.audit.record.ShownLeaf;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.NoteSigner;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.note.TreeHash;
import org.entente.gateway.testkit.Formats;

/** What logs, witnesses and auditors hand to each other. */
public final class AuditFormats {
  private static final int LEAVES = 11;
  private static final int OLDER = 6;
  private static final MemoryTree TREE =
      MemoryTree.of(
          Stream.iterate(0, i -> i + 1)
              .limit(LEAVES)
              .map(i -> new byte[] {(byte) (int) i})
              .toList());

  private AuditFormats() {}

  /** All of them. */
  public static Formats all() {
    return new Formats("audit")
        .with(
            "tile-path",
            text(text -> TilePath.parse(text).map(TilePath::path)),
            () -> texts("tile/0/000", "tile/3/x001/x234/067.p/255", "tile/entries/042.p/1"))
        .with(
            "log-proof",
            Formats.same(bytes -> LogProof.parse(bytes).map(LogProof::encode)),
            AuditFormats::proofs)
        .with(
            "message-proof",
            Formats.same(bytes -> MessageProof.parse(bytes).map(MessageProof::encode)),
            AuditFormats::messageProofs)
        .with(
            "message-path",
            Formats.same(bytes -> MessagePath.parse(bytes).map(MessagePath::encode)),
            () -> List.of(path(0).encode(), path(2).encode()))
        .with(
            "shown-leaf",
            Formats.same(bytes -> ShownLeaf.parse(bytes).map(ShownLeaf::encode)),
            () -> List.of(new byte[100]))
        .with(
            "add-checkpoint",
            Formats.same(
                bytes -> AddCheckpointRequest.parse(bytes).map(AddCheckpointRequest::encode)),
            () ->
                List.of(
                    new AddCheckpointRequest(0, List.of(), note()).encode(),
                    new AddCheckpointRequest(OLDER, consistency(), note()).encode()))
        .with(
            "log-origin",
            text(text -> LogOrigin.parse(text).map(LogOrigin::line)),
            () -> texts(AuditFixture.ORIGIN.line(), AuditFixture.ORIGIN.line() + "/2"))
        .with(
            "record",
            AuditFormats::record,
            () ->
                List.of(
                    AuditRecordCodec.encode(AuditFixture.record(new Random(1))),
                    AuditRecordCodec.encode(successor())))
        .with("inclusion", AuditFormats::inclusion, AuditFormats::inclusions)
        .with("consistency", AuditFormats::consistency, AuditFormats::consistencies);
  }

  private static Formats.FormatLaw text(Function<String, Optional<String>> parseAndPrint) {
    return Formats.same(
        bytes -> {
          String text = new String(bytes, UTF_8);
          return Arrays.equals(bytes, text.getBytes(UTF_8))
              ? parseAndPrint.apply(text).map(again -> again.getBytes(UTF_8))
              : Optional.empty();
        });
  }

  private static List<byte[]> texts(String... texts) {
    return Arrays.stream(texts).map(text -> text.getBytes(UTF_8)).toList();
  }

  private static SignedNote note() {
    TreeHash root = MerkleTree.root(LEAVES, TREE).orElseThrow();
    String text = Checkpoint.of(AuditFixture.ORIGIN.line(), LEAVES, root).text();
    NoteSigner signer =
        NoteSigner.ed25519(AuditFixture.ORIGIN.keyName(), AuditFixture.KEYS.ed25519());
    return SignedNote.of(text, List.of(signer.sign(text, AuditFixture.NOW)));
  }

  private static List<byte[]> proofs() {
    List<TreeHash> path = MerkleTree.proveInclusion(3, LEAVES, TREE).orElseThrow();
    return List.of(
        new LogProof(3, Optional.of(new byte[] {1, 2, 3}), path, note()).encode(),
        new LogProof(0, Optional.empty(), List.of(), note()).encode());
  }

  private static List<byte[]> messageProofs() {
    MessageId id = MessageId.fresh(1, new Random(1));
    MessageProof.SignedHeader envelope =
        new MessageProof.SignedHeader(new byte[] {1}, new byte[] {2});
    return proofs().stream()
        .flatMap(bytes -> LogProof.parse(bytes).stream())
        .flatMap(
            leaf ->
                Stream.of(true, false)
                    .map(
                        announcement ->
                            new MessageProof(
                                    id,
                                    path(1),
                                    envelope,
                                    new MessageProof.Voucher(announcement, new byte[] {3}),
                                    note().encode(),
                                    leaf)
                                .encode()))
        .toList();
  }

  private static MessagePath path(int hashes) {
    return MessagePath.parse(new byte[36 + hashes * TreeHash.BYTES]).orElseThrow();
  }

  /** The first leaf's record of a log that follows another. */
  private static AuditRecord successor() {
    TreeHead head = new TreeHead(LEAVES, MerkleTree.root(LEAVES, TREE).orElseThrow());
    FormerLog former = new FormerLog(AuditFixture.ORIGIN, null, head, head);
    return LogSuccession.firstRecord(
        AuditFixture.NOW,
        AuditActor.gateway(AuditFixture.AGENCY),
        new LogSuccession.Finding.Ended(former, AuditFixture.ORIGIN.numbered(2), "set back"));
  }

  private static List<TreeHash> consistency() {
    return MerkleTree.proveConsistency(OLDER, LEAVES, TREE).orElseThrow();
  }

  /** A record of the own ledger, protobuf: what was read once reads the same from its encoding. */
  private static boolean record(byte[] bytes) {
    Optional<AuditRecord> record = AuditRecordCodec.decode(bytes);
    if (record.isPresent()
        && !AuditRecordCodec.decode(AuditRecordCodec.encode(record.get())).equals(record)) {
      throw new AssertionError("another record from its own encoding");
    }
    return record.isPresent();
  }

  /** Index, size, then the leaf hash and the path: verifies nothing that is not in the tree. */
  private static boolean inclusion(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length < 16) {
      return false;
    }
    long index = in.getLong();
    long size = in.getLong();
    List<TreeHash> hashes = hashes(in);
    if (hashes.isEmpty()) {
      return false;
    }
    TreeHash leaf = hashes.get(0);
    TreeHash root = MerkleTree.root(LEAVES, TREE).orElseThrow();
    boolean verified =
        MerkleTree.verifyInclusion(index, size, leaf, hashes.subList(1, hashes.size()), root);
    if (verified
        && size == LEAVES
        && !leaf.equals(MerkleTree.leafHash(new byte[] {(byte) index}))) {
      throw new AssertionError("a leaf that is not at " + index);
    }
    return verified;
  }

  private static List<byte[]> inclusions() {
    List<byte[]> out = new ArrayList<>();
    for (byte index : new byte[] {0, 3, 10}) {
      List<TreeHash> all = new ArrayList<>();
      all.add(MerkleTree.leafHash(new byte[] {index}));
      all.addAll(MerkleTree.proveInclusion(index, LEAVES, TREE).orElseThrow());
      out.add(numbersAndHashes(index, LEAVES, all));
    }
    return out;
  }

  /** Two sizes, the older root, the proof: verifies no other older root than the tree's. */
  private static boolean consistency(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length < 16) {
      return false;
    }
    long older = in.getLong();
    long newer = in.getLong();
    List<TreeHash> hashes = hashes(in);
    if (hashes.isEmpty()) {
      return false;
    }
    boolean verified =
        MerkleTree.verifyConsistency(
            older,
            hashes.get(0),
            newer,
            MerkleTree.root(LEAVES, TREE).orElseThrow(),
            hashes.subList(1, hashes.size()));
    if (verified
        && newer == LEAVES
        && older > 0
        && !MerkleTree.root(older, TREE).equals(Optional.of(hashes.get(0)))) {
      throw new AssertionError("another history of " + older + " leaves");
    }
    return verified;
  }

  private static List<byte[]> consistencies() {
    List<TreeHash> all = new ArrayList<>();
    all.add(MerkleTree.root(OLDER, TREE).orElseThrow());
    all.addAll(consistency());
    return List.of(
        numbersAndHashes(OLDER, LEAVES, all),
        numbersAndHashes(
            LEAVES,
            LEAVES,
            Collections.singletonList(MerkleTree.root(LEAVES, TREE).orElseThrow())));
  }

  /** What is left over is hashed, so that no byte is without meaning. */
  private static List<TreeHash> hashes(ByteBuffer in) {
    List<TreeHash> hashes = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] hash = new byte[Math.min(TreeHash.BYTES, in.remaining())];
      in.get(hash);
      hashes.add(TreeHash.of(hash.length == TreeHash.BYTES ? hash : Sha256.hash(hash)));
    }
    return hashes;
  }

  private static byte[] numbersAndHashes(long first, long second, List<TreeHash> hashes) {
    ByteBuffer out = ByteBuffer.allocate(16 + hashes.size() * TreeHash.BYTES);
    out.putLong(first).putLong(second);
    hashes.forEach(hash -> out.put(hash.bytes()));
    return out.array();
  }
}
