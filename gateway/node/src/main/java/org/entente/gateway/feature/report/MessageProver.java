package org.entente.gateway.feature.report;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.entente.gateway.audit.LogArchive;
import org.entente.gateway.audit.LogArchive.Place;
import org.entente.gateway.audit.proof.LogProof;
import org.entente.gateway.audit.proof.MessageProof;
import org.entente.gateway.audit.proof.ProofVerdict;
import org.entente.gateway.audit.proof.ProofVerifier;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.audit.record.MessagePath;
import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;
import org.entente.proto.store.v1.KeptHeader;

/**
 * Makes proofs about single messages from the logs and the stored headers. Each proof is first
 * checked as its receiver will check it, and is recorded in the log. Calls block; safe for use by
 * several threads.
 */
public final class MessageProver {
  private final Parts parts;

  /**
   * The collaborators.
   *
   * @param archive the gateway's logs
   * @param evidence opens stored headers
   * @param bundle the trust bundle in force, which goes into the proof
   */
  public record Parts(
      AgencyName self,
      LogArchive archive,
      Ledger ledger,
      EvidenceRecords evidence,
      Supplier<TrustBundle> bundle,
      InstantSource clock) {}

  /** Proofs from a gateway's ledger and logs. */
  public MessageProver(Parts parts) {
    this.parts = parts;
  }

  private record LoggedRecord(Place place, AuditRecord record) {}

  /**
   * Proves that a message was accepted or received here, by the file of the proof.
   *
   * @param recipient selects one of several envelopes; empty if there is only one
   * @param further runs before each thousand leaves that are opened after the first thousand, so
   *     that the caller pays; what it throws ends the search
   */
  public Result<byte[]> prove(
      AuditActor actor, MessageId id, Optional<AgencyName> recipient, Runnable further) {
    List<LoggedRecord> said = said(id, further);
    if (said.isEmpty()) {
      return refused(
          Code.NOT_FOUND,
          "message_id",
          "no readable record shows that " + id + " was sent or received");
    }
    List<LoggedRecord> meant =
        said.stream()
            .filter(one -> recipient.map(one.record().subject().agencies()::contains).orElse(true))
            .toList();
    if (meant.isEmpty()) {
      return refused(
          Code.INVALID_FIELD,
          "recipient",
          "no envelope of "
              + id
              + " is for it; valid: "
              + said.stream()
                  .flatMap(one -> one.record().subject().agencies().stream())
                  .map(AgencyName::value)
                  .distinct()
                  .sorted()
                  .collect(Collectors.joining(", ")));
    }
    if (meant.size() != 1) {
      return refused(
          Code.INVALID_FIELD,
          "recipient",
          id
              + " is in "
              + said.size()
              + " envelopes, to "
              + said.stream().map(one -> one.record().subject().agencies().toString()).toList()
              + "; name a recipient that occurs in only one of them");
    }
    Result<byte[]> answer = prove(id, meant.get(0));
    if (answer instanceof Result.Done<byte[]>) {
      record(actor, id);
    }
    return answer;
  }

  /**
   * The leaves that show that a message was accepted or received. They come before all others about
   * it, of which clients can make any number: these are not all opened.
   */
  private List<LoggedRecord> said(MessageId id, Runnable further) {
    List<LoggedRecord> out = new ArrayList<>();
    NextPlaces places = next(id, new Place(0, 0), further);
    places.held().forEach(place -> said(place).ifPresent(out::add));
    while (out.isEmpty() && places.beyond().isPresent()) {
      further.run();
      places = next(id, places.beyond().get(), further);
      places.held().forEach(place -> said(place).ifPresent(out::add));
    }
    return out;
  }

  private NextPlaces next(MessageId id, Place from, Runnable further) {
    NextPlaces places = new NextPlaces(parts.archive(), from, further);
    places.addAbout(id);
    return places;
  }

  private Optional<LoggedRecord> said(Place place) {
    return parts
        .archive()
        .record(place)
        .filter(r -> r.type() == AuditType.ACCEPTED || r.type() == AuditType.RECEIVED)
        .map(record -> new LoggedRecord(place, record));
  }

  private Result<byte[]> prove(MessageId id, LoggedRecord said) {
    Optional<KeptHeader> header =
        Optional.ofNullable(
                parts
                    .ledger()
                    .evidence()
                    .header(said.record().subject().headerHash().toByteArray()))
            .flatMap(parts.evidence()::openHeader);
    if (header.isEmpty()) {
      return refused(
          Code.NOT_FOUND,
          "message_id",
          "the header of its envelope is no longer stored; headers are kept as long as evidence");
    }
    TrustBundle bundle = parts.bundle().get();
    Optional<LogProof> leaf =
        checkpoint(said.place(), bundle)
            .flatMap(checkpoint -> parts.archive().prove(said.place(), checkpoint));
    Optional<MessagePath> path =
        parts.archive().opening(said.place()).flatMap(opened -> opened.path(id));
    if (leaf.isEmpty() || path.isEmpty()) {
      return refused(
          Code.NOT_READY,
          "message_id",
          "no cosigned checkpoint covers leaf " + said.place().index() + " yet");
    }
    Code without = isToBeSigned(said.place(), bundle) ? Code.NOT_READY : Code.NOT_FOUND;
    return assemble(id, path.get(), header.get(), leaf.get(), bundle, without);
  }

  /**
   * Whether this agency's present keys sign checkpoints of a log. After a change of keys, the last
   * cosigned one bears the former for a moment.
   */
  private boolean isToBeSigned(Place place, TrustBundle bundle) {
    Instant now = parts.clock().instant();
    return place.log() == parts.archive().inForce()
        && bundle.agency(parts.self()).map(Member::audit).orElse(List.of()).stream()
            .anyMatch(key -> key.validAt(now));
  }

  /** The last cosigned checkpoint; in a federation without other witnesses, the last signed one. */
  private Optional<SignedNote> checkpoint(Place place, TrustBundle bundle) {
    boolean witnessed =
        bundle.having(AgencyRole.WITNESS).stream().anyMatch(w -> !w.equals(parts.self()));
    Optional<SignedNote> cosigned =
        parts.archive().cosigned(place.log()).filter(note -> covers(note, place));
    return cosigned.isPresent() || witnessed ? cosigned : parts.archive().signed(place.log());
  }

  private static boolean covers(SignedNote note, Place place) {
    return Checkpoint.parse(note.text()).filter(c -> c.size() > place.index()).isPresent();
  }

  /**
   * Uses the first statement about the gateway's key that the trust bundle supports.
   *
   * @param uncheckpointed the answer if the bundle does not support the checkpoint
   */
  private Result<byte[]> assemble(
      MessageId id,
      MessagePath path,
      KeptHeader kept,
      LogProof leaf,
      TrustBundle bundle,
      Code uncheckpointed) {
    byte[] header = kept.getHeader().toByteArray();
    MessageProof.SignedHeader signed =
        new MessageProof.SignedHeader(header, kept.getSignature().toByteArray());
    ProofVerdict last =
        new ProofVerdict.Fails(ProofVerdict.Part.ORIGIN_KEY, "no statement is stored");
    for (MessageProof.Voucher voucher : vouchers(signed)) {
      MessageProof proof = new MessageProof(id, path, signed, voucher, bundle.noteBytes(), leaf);
      last = ProofVerifier.verify(proof, bundle, OptionalInt.empty(), parts.clock().instant());
      if (last instanceof ProofVerdict.Holds) {
        return new Result.Done<>(proof.encode());
      }
    }
    ProofVerdict.Fails fails = (ProofVerdict.Fails) last;
    return refused(
        fails.part() == ProofVerdict.Part.CHECKPOINT ? uncheckpointed : Code.NOT_FOUND,
        "message_id",
        "no valid proof can be made; " + fails.part() + ": " + fails.reason());
  }

  /**
   * The statement about the key that signed the header, and the origin's latest key bundle. An
   * agency may have a thousand keys: only the right one is worth the check of a whole proof.
   */
  private List<MessageProof.Voucher> vouchers(MessageProof.SignedHeader signed) {
    return EnvelopeHeader.parse(signed.header())
        .map(header -> vouchers(header, signed.signature()))
        .orElse(List.of());
  }

  private List<MessageProof.Voucher> vouchers(EnvelopeHeader header, byte[] signature) {
    Ledger ledger = parts.ledger();
    AgencyName origin = header.facts().origin();
    List<MessageProof.Voucher> out = new ArrayList<>();
    ledger
        .evidence()
        .voucher(origin, key -> isSignedBy(header, key, signature))
        .ifPresent(it -> out.add(new MessageProof.Voucher(it.announcement(), it.bytes())));
    ledger
        .peerFacts()
        .keyBundle(origin)
        .ifPresent(bytes -> out.add(new MessageProof.Voucher(false, bytes)));
    return out;
  }

  private static boolean isSignedBy(EnvelopeHeader header, byte[] key, byte[] signature) {
    return Ed25519VerifyingKey.parse(key)
        .filter(parsed -> header.isSignedBy(parsed, signature))
        .isPresent();
  }

  private void record(AuditActor actor, MessageId id) {
    parts
        .ledger()
        .commit(
            Lane.ROUTINE,
            tx -> {
              tx.audit(
                  AuditRecord.of(
                          AuditType.OPERATOR_ACTION,
                          LawCategory.DISCLOSURE,
                          Instant.ofEpochMilli(tx.nowMillis()),
                          actor,
                          new AuditSubject(null, List.of(id), List.of(), null))
                      .saying("proof given"));
              return id;
            });
  }

  private static Result<byte[]> refused(Code code, String field, String message) {
    return new Result.Refused<>(new Problem(code, field, message));
  }
}
