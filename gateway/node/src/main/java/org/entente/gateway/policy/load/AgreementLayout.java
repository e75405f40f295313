package org.entente.gateway.policy.load;

import org.entente.gateway.config.YamlLayout;
import org.entente.gateway.policy.terms.AgreementFile;

/** The standard layout of agreement files. */
public final class AgreementLayout {
  private AgreementLayout() {}

  /** The layout of an agreement file with this name. */
  public static YamlLayout.Layout of(String file, byte[] content) {
    return YamlLayout.of(file, content, AgreementFile.class);
  }
}
