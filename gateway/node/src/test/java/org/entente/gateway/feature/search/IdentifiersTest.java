package org.entente.gateway.feature.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Subject;
import org.junit.jupiter.api.Test;

class IdentifiersTest {
  private static final Body BODY =
      Body.newBuilder()
          .setAlert(
              Alert.newBuilder().addSubjects(Subject.newBuilder().setContainer("CSQU3054383")))
          .build();

  private static Label label(String origin) {
    return Label.newBuilder().setOrigin(origin).setCaseRef("12/26").build();
  }

  /** Two agencies number their cases alike. */
  @Test
  void caseReference_isSharedWithinOneOriginOnly() {
    List<String> own = Identifiers.of(label("fr.customs"), BODY);
    assertEquals(List.of("case:1226", "container:CSQU3054383"), own);
    Set<String> named = Set.copyOf(own);
    assertEquals(own, Identifiers.shared(label("fr.customs"), named, label("fr.customs"), BODY));
    assertEquals(
        List.of("container:CSQU3054383"),
        Identifiers.shared(label("fr.customs"), named, label("us.cbp"), BODY));
  }
}
