package org.entente.loadtests.scenario.action;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.util.List;
import java.util.Map;
import org.entente.proto.store.v1.AuditRecord;
import org.entente.proto.store.v1.AuditType;
import org.entente.proto.v1.CodeEntry;
import org.entente.proto.v1.ExportedLeaf;
import org.entente.proto.v1.FoundMessage;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.junit.jupiter.api.Test;

final class PlainMessageTest {
  @Test
  void message_hasTheValuesOfFiles() {
    Map<String, Object> plain =
        PlainMessage.of(
            FoundMessage.newBuilder()
                .setMessageId(ByteString.copyFromUtf8("id"))
                .setLabel(Label.newBuilder().setKind(Kind.KIND_ALERT).addDesks("one"))
                .setReceivedAt(Timestamps.fromSeconds(0))
                .build());

    assertEquals("aWQ=", plain.get("message_id"));
    assertEquals(0L, plain.get("position"));
    assertEquals("1970-01-01T00:00:00Z", plain.get("received_at"));
    Map<?, ?> label = assertInstanceOf(Map.class, plain.get("label"));
    assertEquals("ALERT", label.get("kind"));
    assertEquals("UNSPECIFIED", label.get("category"));
    assertEquals(List.of("one"), label.get("desks"));
    assertFalse(plain.containsKey("standing"));
  }

  @Test
  void mapAndAuditRecord_areGivenByTheirFields() {
    CodeEntry code = CodeEntry.newBuilder().putText("fr", "Fraude").build();
    assertEquals(Map.of("fr", "Fraude"), PlainMessage.of(code).get("text"));
    AuditRecord record = AuditRecord.newBuilder().setType(AuditType.AUDIT_TYPE_OPENED).build();
    ExportedLeaf leaf = ExportedLeaf.newBuilder().setRecord(record.toByteString()).build();
    Map<?, ?> plain = assertInstanceOf(Map.class, PlainMessage.of(leaf).get("record"));
    assertEquals("OPENED", plain.get("type"));
  }
}
