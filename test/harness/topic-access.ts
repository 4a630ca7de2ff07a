// Whether a broker takes writes to a topic. Refused by its access rules, because those need no second broker: a topic
// with one copy is never short of copies. The broker needs `guardedBroker` among its properties.
import kafkajs from 'kafkajs'

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, Kafka, logLevel, ResourcePatternTypes } =
  kafkajs

export const guardedBroker = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'allow.everyone.if.no.acl.found': 'true',
}

export async function acceptWrites(broker: string, topic: string, accepted: 'yes' | 'no'): Promise<void> {
  const admin = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).admin()
  const rule = {
    resourceType: AclResourceTypes.TOPIC,
    resourceName: topic,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: 'User:ANONYMOUS',
    host: '*',
  }
  const all = { ...rule, operation: AclOperationTypes.ALL, permissionType: AclPermissionTypes.ALLOW }
  const none = { ...rule, operation: AclOperationTypes.WRITE, permissionType: AclPermissionTypes.DENY }
  await admin.connect()
  if (accepted === 'no') await admin.createAcls({ acl: [all, none] })
  else await admin.deleteAcls({ filters: [none] })
  await admin.disconnect()
}
