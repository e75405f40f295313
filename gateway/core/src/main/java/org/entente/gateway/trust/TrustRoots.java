package org.entente.gateway.trust;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.InvalidValue;

/**
 * First trust of a node, before it has seen a bundle: its federation and the first roots.
 *
 * <p>The operator gives it to the node out of band, as a JSON file in the canonical form of {@link
 * #print()}. Once the node has accepted a bundle, that bundle's roots sign the next.
 *
 * @param federation the only federation whose bundles are accepted
 * @param roots the roots and the required number of signatures
 */
@JsonPropertyOrder({"federation", "roots"})
public record TrustRoots(
    @JsonProperty(required = true) FederationName federation,
    @JsonProperty(required = true) RootSet roots) {
  private static final long MAX_FILE = 1 << 20;

  /**
   * Reads the text of a roots file.
   *
   * @throws InvalidValue with the field and what would be valid
   */
  public static TrustRoots parse(String text) {
    return new TrustJson().parse(text, TrustRoots.class);
  }

  /**
   * Reads a roots file.
   *
   * @throws InvalidValue with the field and what would be valid, or over 1 MiB
   * @throws IOException if it cannot be read
   */
  public static TrustRoots read(Path file) throws IOException {
    if (Files.size(file) > MAX_FILE) {
      throw new InvalidValue("a roots file has at most 1 MiB", file.toString());
    }
    return parse(Files.readString(file));
  }

  /** The fingerprint that people compare by voice to check that they start from the same roots. */
  public Fingerprint fingerprint() {
    return Fingerprint.of(print());
  }

  /** The text of the roots file, with a final newline. */
  public String print() {
    return new TrustJson().print(this);
  }
}
