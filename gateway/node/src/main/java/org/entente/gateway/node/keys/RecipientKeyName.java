package org.entente.gateway.node.keys;

import java.util.HexFormat;
import java.util.List;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.seal.format.KeyValidity;
import org.entente.gateway.seal.format.RecipientKeyId;

/** The name of a recipient key in the keystore, which holds its id and validity. */
final class RecipientKeyName {
  private static final String SEPARATOR = "-";

  private RecipientKeyName() {}

  static String of(KeyValidity validity) {
    return String.join(
        SEPARATOR,
        List.of(
            HexFormat.of().formatHex(validity.id().bytes()),
            Long.toString(validity.notBeforeMs()),
            Long.toString(validity.notAfterMs())));
  }

  static KeyValidity parse(String name) {
    List<String> parts = List.of(name.split(SEPARATOR, -1));
    if (parts.size() != 3) {
      throw new StartProblem("the keystore has a recipient key with the invalid name " + name);
    }
    return new KeyValidity(
        RecipientKeyId.of(HexFormat.of().parseHex(parts.get(0))),
        Long.parseLong(parts.get(1)),
        Long.parseLong(parts.get(2)));
  }
}
