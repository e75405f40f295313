package org.entente.gateway.seal.format;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.PairSignature;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.crypto.XWingPublicKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.NodeName;

/**
 * The recipient keys of an agency and the keys with which its gateways sign, signed by the agency.
 * Wire format "key bundle".
 *
 * <p>A sender obtains this first, so it can verify answers of the agency's gateways through any
 * transit. Parsed input encodes to the same bytes; only {@link #isSignedBy} checks the signature.
 * Immutable and safe for use by many threads.
 */
public final class KeyBundle {
  /** Greatest number of recipient keys. */
  public static final int MAX_KEYS = 8;

  /** Greatest number of gateways. */
  public static final int MAX_GATEWAYS = 16;

  private static final Comparator<GatewayKey> BY_NAME = Comparator.comparing(GatewayKey::name);
  private static final Comparator<PublishedKey> BY_END =
      Comparator.comparing(PublishedKey::validity);

  private final Content content;
  private final AgencySignature signature;

  private KeyBundle(Content content, AgencySignature signature) {
    this.content = content;
    this.signature = signature;
  }

  /**
   * Content of a bundle.
   *
   * @param federation federation in which it holds
   * @param agency whose keys these are
   * @param issuedAtMs when it was signed, milliseconds since 1970; the greater replaces the lesser
   * @param gateways 1 to 16, ascending by name
   * @param keys 1 to 8, ascending by end of validity, then by name
   */
  public record Content(
      FederationName federation,
      AgencyName agency,
      long issuedAtMs,
      List<GatewayKey> gateways,
      List<PublishedKey> keys) {
    public Content {
      gateways = gateways.stream().sorted(BY_NAME).toList();
      keys = keys.stream().sorted(BY_END).toList();
      if (issuedAtMs < 0
          || !isAllowed(gateways, MAX_GATEWAYS, BY_NAME)
          || !isAllowed(keys, MAX_KEYS, BY_END)) {
        throw new IllegalArgumentException(
            gateways.size() + " gateways and " + keys.size() + " keys of " + agency);
      }
    }
  }

  /** Signs a bundle. */
  public static KeyBundle sign(Content content, SigningPair pair) {
    return new KeyBundle(content, AgencySignature.sign(Suite.KEY_BUNDLE, encode(content), pair));
  }

  /** Reads a bundle from outside; empty if it is malformed. Verifies no signature. */
  public static Optional<KeyBundle> parse(byte[] bytes) {
    return FieldReader.parse(bytes, KeyBundle::read);
  }

  private static KeyBundle read(FieldReader in) throws MalformedInput {
    in.version();
    in.suite();
    FederationName federation = in.federation();
    AgencyName agency = in.agency();
    long issued = in.time();
    List<GatewayKey> gateways = new ArrayList<>();
    for (int left = in.u8(); left > 0; left--) {
      gateways.add(new GatewayKey(in.node(), in.ed25519()));
    }
    in.require(isAllowed(gateways, MAX_GATEWAYS, BY_NAME));
    List<PublishedKey> keys = new ArrayList<>();
    for (int left = in.u8(); left > 0; left--) {
      in.require(keys.size() < MAX_KEYS);
      keys.add(readKey(in));
    }
    in.require(isAllowed(keys, MAX_KEYS, BY_END));
    byte[] body = in.soFar();
    Content content = new Content(federation, agency, issued, gateways, keys);
    return new KeyBundle(content, AgencySignature.read(in, Suite.KEY_BUNDLE, body));
  }

  private static PublishedKey readKey(FieldReader in) throws MalformedInput {
    KeyValidity validity = in.keyValidity();
    XWingPublicKey key =
        XWingPublicKey.parse(in.fixed(XWingPublicKey.ENCODED_BYTES))
            .orElseThrow(MalformedInput::new);
    in.require(validity.id().equals(RecipientKeyId.of(key)));
    return new PublishedKey(validity, key);
  }

  private static byte[] encode(Content content) {
    FieldWriter out =
        new FieldWriter(4096)
            .u8(Suite.FORMAT_VERSION)
            .u8(Suite.NUMBER)
            .text(content.federation().value())
            .text(content.agency().value())
            .u64(content.issuedAtMs())
            .u8(content.gateways().size());
    for (GatewayKey gateway : content.gateways()) {
      out.text(gateway.name().value()).fixed(gateway.key().encoded());
    }
    out.u8(content.keys().size());
    for (PublishedKey key : content.keys()) {
      out.keyValidity(key.validity()).fixed(key.key().encoded());
    }
    return out.toBytes();
  }

  /** One to {@code most}, strictly ascending. */
  private static <T> boolean isAllowed(List<T> list, int most, Comparator<T> order) {
    boolean ascending = true;
    for (int i = 1; i < list.size(); i++) {
      ascending &= order.compare(list.get(i - 1), list.get(i)) < 0;
    }
    return ascending && !list.isEmpty() && list.size() <= most;
  }

  /** The content. */
  public Content content() {
    return content;
  }

  /** The key of one of the agency's gateways. */
  public Optional<GatewayKey> gateway(NodeName name) {
    return content.gateways().stream().filter(gateway -> gateway.name().equals(name)).findFirst();
  }

  /** Whether any of these pairs signed it. */
  public boolean isSignedBy(List<VerifyingPair> pairs) {
    return signature.isBy(pairs);
  }

  /** The pair among these that signed it; empty if none did. */
  public Optional<VerifyingPair> signer(List<VerifyingPair> pairs) {
    return signature.signer(pairs);
  }

  /** The exact bytes: content, then {@link PairSignature}. */
  public byte[] encoded() {
    return signature.signedBytes();
  }

  @Override
  public String toString() {
    return "keys of " + content.agency() + " issued " + content.issuedAtMs();
  }
}
