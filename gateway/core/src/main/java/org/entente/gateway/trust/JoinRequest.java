package org.entente.gateway.trust;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.note.NoteCheck;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.note.NoteSignature;
import org.entente.gateway.note.NoteSigner;
import org.entente.gateway.note.NoteVerifier;
import org.entente.gateway.note.SignedNote;

/**
 * An agency's request for an entry in the trust bundle. Every signing and audit pair that it names
 * signs it, which proves possession of the keys.
 *
 * <p>The signatures do not prove the agency's identity: people compare the {@link #fingerprint}
 * over another channel. A signed note of the line {@code entente/<federation>/join-request} and
 * canonical JSON. Immutable.
 *
 * @param federation the federation that it wants to join
 * @param requested when it was signed
 * @param agency the requested entry; without revocations
 */
@JsonPropertyOrder({"federation", "requested", "agency"})
public record JoinRequest(
    @JsonProperty(required = true) FederationName federation,
    @JsonProperty(required = true) Instant requested,
    @JsonProperty(required = true) Member agency) {
  /** Largest file in bytes. */
  public static final int MAX_BYTES = 1 << 18;

  public JoinRequest {
    if (!agency.revoked().isEmpty()) {
      throw new InvalidValue(
          "a request has no revocations", agency.revoked().size() + " certificates");
    }
  }

  /**
   * Reads a request and checks that every pair it names has signed it.
   *
   * @throws InvalidValue if it is malformed, or naming the pair that did not sign
   */
  public static JoinRequest verify(byte[] noteBytes) {
    SignedNote.ParseResult parse =
        noteBytes.length > MAX_BYTES
            ? new SignedNote.ParseResult.Malformed("longer than " + MAX_BYTES + " bytes")
            : SignedNote.parse(noteBytes);
    if (!(parse instanceof SignedNote.ParseResult.Parsed parsed)) {
      throw new InvalidValue(
          "a join request is a signed note: " + ((SignedNote.ParseResult.Malformed) parse).reason(),
          "other bytes");
    }
    SignedNote note = parsed.note();
    int end = note.text().indexOf('\n');
    JoinRequest request = new TrustJson().parse(note.text().substring(end + 1), JoinRequest.class);
    if (!note.text().equals(request.text())) {
      throw new InvalidValue(
          "the first line is " + origin(request.federation), note.text().substring(0, end));
    }
    request.requireSigned(note);
    return request;
  }

  private void requireSigned(SignedNote note) {
    Map<AgencyKey, List<NoteVerifier>> keys = new LinkedHashMap<>();
    pairs().forEach(key -> keys.put(key, verifiers(key)));
    NoteCheck check = note.verify(keys.values().stream().flatMap(List::stream).toList());
    if (!(check instanceof NoteCheck.Verified verified)) {
      throw new InvalidValue(
          "a join request is signed with the keys that it names", check.refusal().orElse(""));
    }
    keys.forEach(
        (key, both) -> {
          if (!both.stream().allMatch(verified::by)) {
            throw new InvalidValue(
                "every pair in a join request signs it with both keys",
                "no signatures of pair " + key.id());
          }
        });
  }

  /**
   * The request as a signed note, as bytes.
   *
   * @param pairs private pairs by {@link AgencyKey#id}
   * @throws IllegalArgumentException if one of those that it names is missing
   */
  public byte[] sign(Map<String, SigningPair> pairs) {
    List<NoteSignature> signatures = new ArrayList<>();
    pairs()
        .forEach(
            key -> {
              SigningPair pair = pairs.get(key.id());
              if (pair == null) {
                throw new IllegalArgumentException("no private pair " + key.id());
              }
              NoteKeyName name = keyName(key);
              signatures.add(NoteSigner.ed25519(name, pair.ed25519()).sign(text(), Instant.EPOCH));
              signatures.add(
                  NoteSigner.mlDsa44Note(name, pair.mlDsa44()).sign(text(), Instant.EPOCH));
            });
    return SignedNote.of(text(), signatures).encode();
  }

  /** The fingerprint that the agency reads to the roots, who compare it with their copy. */
  public Fingerprint fingerprint() {
    return Fingerprint.of(text());
  }

  private String text() {
    return origin(federation) + "\n" + new TrustJson().print(this);
  }

  private static String origin(FederationName federation) {
    return "entente/" + federation + "/join-request";
  }

  private Stream<AgencyKey> pairs() {
    return Stream.concat(agency.signing().stream(), agency.audit().stream());
  }

  private List<NoteVerifier> verifiers(AgencyKey key) {
    NoteKeyName name = keyName(key);
    return List.of(
        NoteVerifier.ed25519(name, key.ed25519()), NoteVerifier.mlDsa44Note(name, key.mlDsa44()));
  }

  private NoteKeyName keyName(AgencyKey key) {
    return new NoteKeyName("entente/" + federation + "/" + agency.name() + "/" + key.id());
  }
}
