package org.entente.gateway.trust.gossip;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.List;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Result;
import org.entente.gateway.note.NoteCheck;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.note.NoteSigner;
import org.entente.gateway.note.NoteVerifier;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.BundleContent;
import org.entente.gateway.trust.BundleVerifier;
import org.entente.gateway.trust.Fingerprint;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.TrustJson;

/**
 * A witness's statement, twice a day, of the newest trust bundle that it knows. With it, a node cut
 * off from newer bundles notices before its bundle expires.
 *
 * <p>A signed note of the line {@code entente/<federation>/trust-freshness} and canonical JSON,
 * signed with one pair of the witness; both signatures must verify. It puts no bundle in force.
 * Immutable.
 *
 * @param federation the federation
 * @param agency the stating agency, with the role {@link AgencyRole#WITNESS}
 * @param version of the bundle
 * @param hash {@link TrustBundle#hash()} of the bundle
 * @param stated time of the statement
 */
@JsonPropertyOrder({"federation", "agency", "version", "hash", "stated"})
public record Freshness(
    @JsonProperty(required = true) FederationName federation,
    @JsonProperty(required = true) AgencyName agency,
    @JsonProperty(required = true) long version,
    @JsonProperty(required = true) String hash,
    @JsonProperty(required = true) Instant stated) {
  /** Largest statement in bytes. */
  public static final int MAX_BYTES = 8192;

  public Freshness {
    if (version < 1 || version > BundleContent.MAX_VERSION) {
      throw new InvalidValue("a version is 1 to 2^53-1", Long.toString(version));
    }
    hash = new Fingerprint(hash).hex();
  }

  /** Makes a statement that a bundle is the newest that its witness knows. */
  public static byte[] state(
      TrustBundle bundle, AgencyName witness, SigningPair pair, Instant now) {
    Freshness freshness =
        new Freshness(
            bundle.federation(),
            witness,
            bundle.version(),
            bundle.hash(),
            now.truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
    String text = freshness.text();
    NoteKeyName name = freshness.keyName(pair.verifyingPair().id());
    return SignedNote.of(
            text,
            List.of(
                NoteSigner.ed25519(name, pair.ed25519()).sign(text, Instant.EPOCH),
                NoteSigner.mlDsa44Note(name, pair.mlDsa44()).sign(text, Instant.EPOCH)))
        .encode();
  }

  /** Reads a statement and checks that a witness of the bundle in force stated it. */
  public static Result<Freshness> verify(byte[] noteBytes, TrustBundle bundle, Instant now) {
    Freshness freshness;
    SignedNote note;
    try {
      note = parse(noteBytes);
      int end = note.text().indexOf('\n');
      freshness = new TrustJson().parse(note.text().substring(end + 1), Freshness.class);
    } catch (InvalidValue e) {
      return Result.refused(Code.MALFORMED, "", String.valueOf(e.getMessage()));
    }
    if (!note.text().equals(freshness.text())
        || !freshness.federation.equals(bundle.federation())) {
      return Result.refused(Code.MALFORMED, "", "not a statement of this federation");
    }
    if (!bundle.has(freshness.agency, AgencyRole.WITNESS)) {
      return Result.refused(Code.UNKNOWN_PEER, "", freshness.agency + " is not a witness");
    }
    if (freshness.stated.isAfter(now.plus(BundleVerifier.SKEW))) {
      return Result.refused(Code.EXPIRED, "", "stated in the future, at " + freshness.stated);
    }
    return freshness.signed(note, bundle, now)
        ? Result.done(freshness)
        : Result.refused(Code.BAD_SIGNATURE, "", "not signed by " + freshness.agency);
  }

  private static SignedNote parse(byte[] noteBytes) {
    if (noteBytes.length > MAX_BYTES) {
      throw new InvalidValue("at most " + MAX_BYTES + " bytes", noteBytes.length + " bytes");
    }
    return SignedNote.parse(noteBytes)
        .asNote()
        .orElseThrow(() -> new InvalidValue("a signed note", "other bytes"));
  }

  private boolean signed(SignedNote note, TrustBundle bundle, Instant now) {
    return bundle.agency(agency).stream()
        .flatMap(member -> member.signing().stream())
        .filter(key -> key.validAt(now))
        .anyMatch(key -> signedBy(note, key));
  }

  private boolean signedBy(SignedNote note, AgencyKey key) {
    NoteKeyName name = keyName(key.id());
    NoteVerifier classical = NoteVerifier.ed25519(name, key.ed25519());
    NoteVerifier quantum = NoteVerifier.mlDsa44Note(name, key.mlDsa44());
    return note.verify(List.of(classical, quantum)) instanceof NoteCheck.Verified verified
        && verified.by(classical)
        && verified.by(quantum);
  }

  private String text() {
    return "entente/" + federation + "/trust-freshness\n" + new TrustJson().print(this);
  }

  private NoteKeyName keyName(String pair) {
    return new NoteKeyName("entente/" + federation + "/" + agency + "/" + pair);
  }
}
