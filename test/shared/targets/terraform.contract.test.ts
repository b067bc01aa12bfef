import { terraform } from '../../../shared/targets/terraform.ts';
import { targetContract } from './contract.ts';
import { terraformStage } from './terraform-stage.ts';

const open = async () => {
  const stage = await terraformStage();
  await stage.earn();
  return stage;
};

targetContract(terraform, open, 1);
