package org.entente.gateway.seal.statement;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.format.PublishedKey;
import org.entente.gateway.seal.format.Suite;

/**
 * The recipient keys of an agency and the keys with which its gateways sign, signed by the agency.
 * A sender obtains this first, so it can verify answers of the agency's gateways through any
 * transit. Wire format "key bundle".
 */
public record KeyBundle(Signed<Content> signed)
    implements SignedStatement.ByAgency<KeyBundle.Content> {
  /** Greatest number of recipient keys. */
  public static final int MAX_KEYS = 8;

  /** Greatest number of gateways. */
  public static final int MAX_GATEWAYS = 16;

  private static final StatementFormat<Content> FORMAT =
      new StatementFormat<>(
          Suite.KEY_BUNDLE,
          StatementFormat.BY_AGENCY,
          StatementFormat.TO_ALL,
          (frame, in) ->
              new Content(
                  frame,
                  in.list(MAX_GATEWAYS, GatewayKey::read),
                  in.list(MAX_KEYS, PublishedKey::read)),
          (content, out) ->
              out.list(content.gateways(), GatewayKey::write)
                  .list(content.keys(), PublishedKey::write));

  /**
   * Content of a bundle.
   *
   * @param frame agency whose keys these are; the bundle issued later replaces the earlier
   * @param gateways 1 to 16, ascending by name
   * @param keys 1 to 8, ascending by end of validity, then by name
   */
  public record Content(StatementFrame frame, List<GatewayKey> gateways, List<PublishedKey> keys)
      implements SignedStatement.Content {
    public Content {
      gateways =
          AscendingList.copyOf(gateways, Comparator.comparing(GatewayKey::name), 1, MAX_GATEWAYS);
      keys = AscendingList.copyOf(keys, Comparator.comparing(PublishedKey::validity), 1, MAX_KEYS);
    }

    /** The agency whose keys these are. */
    public AgencyName agency() {
      return frame.issuer();
    }
  }

  /** Signs a bundle. */
  public static KeyBundle sign(Content content, SigningPair pair) {
    return new KeyBundle(FORMAT.sign(content, pair));
  }

  /** Reads a bundle from outside; empty if it is malformed. Verifies no signature. */
  public static Optional<KeyBundle> parse(byte[] bytes) {
    return FORMAT.parse(bytes).map(KeyBundle::new);
  }

  /** The key of one of the agency's gateways. */
  public Optional<GatewayKey> gateway(NodeName name) {
    return content().gateways().stream().filter(one -> one.name().equals(name)).findFirst();
  }

  @Override
  public String toString() {
    return "keys of " + content().agency() + " issued " + content().issuedAtMs();
  }
}
