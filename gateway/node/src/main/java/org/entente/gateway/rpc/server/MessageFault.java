package org.entente.gateway.rpc.server;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;

/**
 * Finds the field and reason for which bytes are not a message of their type. Reads the bytes a
 * second time, so it is used only after a parser refused them. Quotes none of them. Used by one
 * thread for one message.
 */
final class MessageFault {
  /** The nesting limit of the generated parsers. */
  private static final int DEEPEST = 100;

  private String at = "";

  private MessageFault() {}

  /** The problem of bytes that are not a message of this type. */
  static Problem in(Descriptor type, byte[] bytes) {
    MessageFault fault = new MessageFault();
    String found;
    try {
      found =
          fault.findsText(CodedInputStream.newInstance(bytes), type, "", DEEPEST)
              ? "is not valid UTF-8"
              : malformed(type);
    } catch (IOException e) {
      found = malformed(type);
    }
    return new Problem(Code.INVALID_FIELD, fault.at, found);
  }

  private static String malformed(Descriptor type) {
    return "the bytes are malformed or cut short; they must encode one " + type.getFullName();
  }

  /** Reads to the first string that is not UTF-8; returns whether there is one. */
  private boolean findsText(CodedInputStream in, Descriptor type, String path, int depth)
      throws IOException {
    if (depth == 0) {
      throw new InvalidProtocolBufferException("too deep");
    }
    Map<FieldDescriptor, Integer> entries = new HashMap<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
      if (field == null) {
        skip(in, tag);
      } else {
        at = path + (path.isEmpty() ? "" : ".") + name(field, entries);
        if (findsText(in, tag, field, depth)) {
          return true;
        }
      }
      at = path;
    }
    return false;
  }

  private boolean findsText(CodedInputStream in, int tag, FieldDescriptor field, int depth)
      throws IOException {
    boolean delimited = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
    if (delimited && field.getJavaType() == FieldDescriptor.JavaType.STRING) {
      return !in.readBytes().isValidUtf8();
    }
    if (delimited && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      int limit = in.pushLimit(in.readRawVarint32());
      boolean found = findsText(in, field.getMessageType(), at, depth - 1);
      in.popLimit(limit);
      return found;
    }
    skip(in, tag);
    return false;
  }

  private static void skip(CodedInputStream in, int tag) throws IOException {
    if (!in.skipField(tag)) {
      throw new InvalidProtocolBufferException("ends a group that did not begin");
    }
  }

  private static String name(FieldDescriptor field, Map<FieldDescriptor, Integer> entries) {
    return field.isRepeated()
        ? field.getName() + "[" + (entries.merge(field, 1, Integer::sum) - 1) + "]"
        : field.getName();
  }
}
