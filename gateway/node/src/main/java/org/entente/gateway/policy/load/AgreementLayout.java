package org.entente.gateway.policy.load;

import org.entente.gateway.config.YamlLayout;
import org.entente.gateway.policy.terms.AgreementFile;

/** The one layout of agreements. */
public final class AgreementLayout {
  private AgreementLayout() {}

  /** An agreement, taken from a file named so. */
  public static YamlLayout.Layout of(String file, byte[] content) {
    return YamlLayout.of(file, content, AgreementFile.class);
  }
}
